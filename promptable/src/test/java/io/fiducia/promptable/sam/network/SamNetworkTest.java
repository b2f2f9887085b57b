package io.fiducia.promptable.sam.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The network against figures that segment_anything's own code gave with the same weights and picture
 * (specification of the SAM family, "Model fixtures" (2)), and its size against the released weights'.
 */
class SamNetworkTest {
  private static final double[] MEAN = {123.675, 116.28, 103.53};
  private static final double[] STD = {58.395, 57.12, 57.375};

  /** The fixture's network: all kinds of block, windows that do not divide the grid. */
  static final SamShape TINY = SamShape.of(VitShape.of(128, 32, 3, 2, 3, List.of(1), 128));

  /** The fixture's picture after SAM's normalisation, filled up with zeros. */
  static Tensor picture() {
    float[] all = new float[3 * 128 * 128];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 128; y++) {
        for (int x = 0; x < 96; x++) {
          double raw = 120 + 100 * Math.sin(.011 * ((c * 128 + y) * 96 + x));
          all[(c * 128 + y) * 128 + x] = (float) ((raw - MEAN[c]) / STD[c]);
        }
      }
    }
    return Tensor.of(all, Device.CPU, 1, 3, 128, 128);
  }

  private static SamPrompts points() {
    return new SamPrompts(1, new float[]{40, 50, 10, 90}, new int[]{1, 0}, new float[0],
        Optional.empty());
  }

  static SamNetwork loaded(SamShape shape) {
    SamNetwork net = SamNetwork.empty(shape, Device.CPU);
    net.load(SamFormulaWeights.of(net)).requireComplete("formula", "");
    return net;
  }

  private static void assertAt(Tensor tensor, int index, double expected) {
    assertThat((double) tensor.toFloats()[index]).isCloseTo(expected, within(1e-4));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givesTheFiguresOfTheOriginal(boolean training) {
    try (SamNetwork net = loaded(TINY);
        TorchScope scope = TorchScope.open("test");
        Autograd.Guard mode = training ? Autograd.withGrad() : Autograd.noGrad()) {
      assertThat(net.state()).hasSize(188);
      Tensor embedding = net.embed(picture());
      assertThat(embedding.shape()).containsExactly(1, 256, 8, 8);
      assertAt(embedding, 0, 1.35994);
      assertAt(embedding, (100 * 8 + 5) * 8 + 3, -1.40864);
      MaskDecoder.Masks three = net.masks(embedding, points(), 1, 3);
      assertThat(three.logits().shape()).containsExactly(1, 3, 32, 32);
      assertAt(three.logits(), 0, .138945);
      assertAt(three.logits(), (2 * 32 + 20) * 32 + 11, .0521992);
      assertAt(three.iou(), 0, -.675796);
      assertAt(three.iou(), 1, -.518906);
      assertAt(three.iou(), 2, -.254481);
      MaskDecoder.Masks one = net.masks(embedding,
          new SamPrompts(1, new float[0], new int[0], new float[]{12, 20, 60, 100},
              Optional.of(three.logits().narrow(1, 0, 1).contiguous())),
          0, 1);
      assertAt(one.logits(), 16 * 32 + 16, -.0743367);
      assertAt(one.iou(), 0, -.689516);
    }
  }

  /** Sizes of the released files: the specification, counted with the originals. */
  @Test
  void hasTheReleasedSizes() {
    assertSize(SamShape.of(VitShape.base()), 314, 93_735_472, 89_670_912);
    assertSize(SamShape.of(VitShape.large()), 482, 312_342_832, 308_278_272);
    assertSize(SamShape.of(TinyVitShape.lite()), -1, -1, 5_726_740);
  }

  /** Takes 2.6 GB. */
  @Tag("long")
  @Test
  void hasTheReleasedSizeOfVitH() {
    assertSize(SamShape.of(VitShape.huge()), 594, 641_090_608, 637_026_048);
  }

  /** 10.13 M with the unused classifier, by the original's own count of parameters (sam_reference.py counts). */
  @Test
  void hasMobileSamsSize() {
    assertSize(SamShape.of(TinyVitShape.mobile()), -1, 10_130_092, 6_065_532);
  }

  private static void assertSize(SamShape shape, int tensors, long all, long encoder) {
    try (SamNetwork net = SamNetwork.empty(shape, Device.CPU)) {
      if (tensors > 0) {
        assertThat(net.state()).hasSize(tensors);
      }
      Map<String, Tensor> parameters = new LinkedHashMap<>();
      net.parameters().forEach(p -> parameters.put(p.name(), p.tensor()));
      if (all > 0) {
        assertThat(count(parameters, "")).isEqualTo(all);
      }
      assertThat(count(parameters, "image_encoder.")).isEqualTo(encoder);
      assertThat(count(parameters, "prompt_encoder.")).isEqualTo(6_220);
      assertThat(count(parameters, "mask_decoder.")).isEqualTo(4_058_340);
    }
  }

  private static long count(Map<String, Tensor> tensors, String prefix) {
    return tensors.entrySet().stream().filter(e -> e.getKey().startsWith(prefix))
        .mapToLong(e -> e.getValue().numel()).sum();
  }

  @Test
  void aBatchOfPromptsGivesWhatEachGivesAlone() {
    try (SamNetwork net = loaded(TINY);
        TorchScope scope = TorchScope.open("test");
        Autograd.Guard none = Autograd.noGrad()) {
      float[] boxes = {12, 20, 60, 100, 5, 5, 90, 40};
      Tensor one = net.embed(picture());
      Tensor other = net.embed(picture().mul(-0.5));
      Tensor shared = net.masks(one, SamPrompts.boxes(boxes), 0, 1).logits();
      Tensor each = net.masks(Tensor.cat(List.of(one, other), 0), SamPrompts.boxes(boxes), 0, 1)
          .logits();
      float[] first = {12, 20, 60, 100};
      float[] second = {5, 5, 90, 40};
      assertClose(shared.narrow(0, 0, 1), net.masks(one, SamPrompts.boxes(first), 0, 1).logits());
      assertClose(shared.narrow(0, 1, 1), net.masks(one, SamPrompts.boxes(second), 0, 1).logits());
      assertClose(each.narrow(0, 0, 1), net.masks(one, SamPrompts.boxes(first), 0, 1).logits());
      assertClose(each.narrow(0, 1, 1),
          net.masks(other, SamPrompts.boxes(second), 0, 1).logits());
      assertClose(net.embed(Tensor.cat(List.of(picture(), picture().mul(-0.5)), 0)),
          Tensor.cat(List.of(one, other), 0));
    }
  }

  private static void assertClose(Tensor found, Tensor expected) {
    assertThat(found.toFloats()).hasSameSizeAs(expected.toFloats());
    float[] a = found.toFloats();
    float[] b = expected.toFloats();
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(b[i], within(1e-4f));
    }
  }

  @Test
  void everyParameterLearns() {
    try (SamNetwork net = SamNetwork.create(TINY, Device.CPU, 5);
        TorchScope scope = TorchScope.open("test")) {
      Tensor embedding = net.embed(picture());
      MaskDecoder.Masks clicked = net.masks(embedding, points(), 0, 4);
      MaskDecoder.Masks boxed = net.masks(embedding,
          new SamPrompts(1, new float[0], new int[0], new float[]{12, 20, 60, 100},
              Optional.of(clicked.logits().narrow(1, 0, 1).contiguous())),
          0, 1);
      clicked.logits().mean().add(clicked.iou().mean()).add(boxed.logits().mean()).backward();
      net.parameters().forEach(p -> assertThat(p.tensor().hasGrad()).as(p.name()).isTrue());
      assertThat(net.parameters()).hasSize(187);
    }
  }

  @Test
  void aTinyVitLearnsAllButItsClassifier() {
    TinyVitShape tiny = new TinyVitShape(TinyVitShape.Stem.STRIDED, 64, List.of(8, 8, 10, 20),
        List.of(1, 1, 2, 1), List.of(1, 2, 2, 4), List.of(3, 3, 4, 3), 7);
    try (SamNetwork net = SamNetwork.create(SamShape.of(tiny), Device.CPU, 5);
        TorchScope scope = TorchScope.open("test")) {
      Tensor embedding = net.embed(Tensor.zeros(Device.CPU, 2, 3, 64, 64).add(.3));
      assertThat(embedding.shape()).containsExactly(2, 256, 4, 4);
      embedding.mul(embedding).mean().backward();
      net.parameters().stream().filter(p -> p.name().startsWith("image_encoder."))
          .forEach(p -> assertThat(p.tensor().hasGrad()).as(p.name())
              .isEqualTo(!p.name().startsWith("image_encoder.norm_head")
                  && !p.name().startsWith("image_encoder.head")));
    }
  }

  /** By torch.nn.functional.interpolate(torch.arange(5.)[None, None], 3, mode='linear') and so on. */
  @Test
  void interpolatesTablesOfAnotherPictureSize() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor table = Tensor.of(new float[]{0, 1, 2, 3, 4}, Device.CPU, 5, 1);
      RelativePositions.Pairs two = new RelativePositions(table, table).pairs(2);
      // Length 3: 1/3, 2, 11/3; distances query - key + 1.
      float[] found = two.alongY().toFloats();
      float[] expected = {2, 1f / 3, 11f / 3, 2};
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(1e-6f));
      }
    }
  }

  @Test
  void numbersDistancesInTheOrderInWhichTheyAreSeen() {
    // 2x2 places: (0,0), (0,1), (1,0), (1,1) from the first place; symmetric.
    assertThat(TinyVitAttention.index(2))
        .containsExactly(0, 1, 2, 3, 1, 0, 3, 2, 2, 3, 0, 1, 3, 2, 1, 0);
  }

  @Test
  void namesWhatDoesNotFit() {
    try (SamNetwork net = SamNetwork.empty(TINY, Device.CPU);
        TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(() -> net.embed(Tensor.zeros(Device.CPU, 1, 3, 64, 128)))
          .hasMessageContaining("128").hasMessageContaining("[1, 3, 64, 128]");
      Map<String, StoredTensor> weights = new LinkedHashMap<>(SamFormulaWeights.of(net));
      weights.remove("mask_decoder.iou_token.weight");
      weights.put("stranger", StoredTensor.ofFloats(new float[1], 1));
      assertThatThrownBy(() -> net.load(weights).requireComplete("w.pt", "advice"))
          .hasMessageContaining("mask_decoder.iou_token.weight")
          .hasMessageContaining("stranger");
    }
  }
}
