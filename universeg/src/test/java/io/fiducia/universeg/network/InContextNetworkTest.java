package io.fiducia.universeg.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Logits of both networks against figures that their originals gave with the same weights and slices
 * (specification of UniverSeg, "Model fixtures" (1), and of MultiverSeg, "Fixtures").
 */
class InContextNetworkTest {
  private static final int SIDE = 32;

  /** Slice value at linear index g. */
  private interface Formula {
    double at(int g);
  }

  private static float[] slice(Formula f) {
    float[] out = new float[SIDE * SIDE];
    for (int g = 0; g < out.length; g++) {
      out[g] = (float) f.at(g);
    }
    return out;
  }

  private static Tensor support() {
    float[] all = new float[3 * 2 * SIDE * SIDE];
    for (int k = 0; k < 3; k++) {
      int shift = k;
      float[] image = slice(g -> .5 + .5 * Math.sin(.013 * g + shift));
      for (int g = 0; g < image.length; g++) {
        all[2 * k * image.length + g] = image[g];
        all[(2 * k + 1) * image.length + g] = image[g] > .6f ? 1 : 0;
      }
    }
    return Tensor.of(all, Device.CPU, 3, 2, SIDE, SIDE);
  }

  private static Tensor image() {
    return Tensor.of(slice(g -> .5 + .5 * Math.sin(.013 * g)), Device.CPU, 1, 1, SIDE, SIDE);
  }

  private static void assertLogits(Tensor logits, double tolerance, double... expected) {
    float[] values = logits.toFloats();
    int[][] places = {{0, 0}, {0, 31}, {16, 16}, {31, 31}, {7, 20}};
    for (int i = 0; i < places.length; i++) {
      assertThat((double) values[places[i][0] * SIDE + places[i][1]])
          .isCloseTo(expected[i], within(tolerance));
    }
  }

  @Test
  void givesTheLogitsOfUniverSeg() {
    try (InContextNetwork net = InContextNetwork.empty(NetworkShape.universeg(64), Device.CPU);
        TorchScope scope = TorchScope.open("test")) {
      assertThat(net.state()).hasSize(44);
      assertThat(net.parameters().stream().mapToLong(p -> p.tensor().numel()).sum())
          .isEqualTo(1_182_785);
      net.load(FormulaWeights.of(net)).requireComplete("formula", "");
      try (Autograd.Guard none = Autograd.noGrad()) {
        assertLogits(net.forward(image(), net.support(support())), 1e-5,
            -.163631, -.160732, -.169571, -.164790, -.160125);
      }
      // The way that training takes gives the same.
      assertLogits(net.forward(image(), net.support(support())), 1e-5,
          -.163631, -.160732, -.169571, -.164790, -.160125);
    }
  }

  /** The fixture's prompts: a box, a click of each kind, a scribble, and former logits. */
  private static Tensor prompted(boolean prompts) {
    float[] all = new float[5 * SIDE * SIDE];
    int n = SIDE * SIDE;
    System.arraycopy(slice(g -> .5 + .5 * Math.sin(.013 * g)), 0, all, 0, n);
    if (prompts) {
      for (int y = 6; y <= 19; y++) {
        for (int x = 4; x <= 24; x++) {
          all[n + y * SIDE + x] = 1;
        }
      }
      all[2 * n + 12 * SIDE + 10] = 1;
      for (int x = 8; x <= 14; x++) {
        all[2 * n + 14 * SIDE + x] = 1;
      }
      all[3 * n + 3 * SIDE + 28] = 1;
      System.arraycopy(slice(g -> 3 * Math.sin(.021 * g + 1)), 0, all, 4 * n, n);
    }
    return Tensor.of(all, Device.CPU, 1, 5, SIDE, SIDE);
  }

  @Test
  void givesTheLogitsOfMultiverSeg() {
    try (InContextNetwork net = InContextNetwork.empty(NetworkShape.multiverseg(16), Device.CPU);
        TorchScope scope = TorchScope.open("test");
        Autograd.Guard none = Autograd.noGrad()) {
      assertThat(net.state()).hasSize(72);
      assertThat(net.parameters().stream().mapToLong(p -> p.tensor().numel()).sum())
          .isEqualTo(75_537);
      net.load(FormulaWeights.of(net)).requireComplete("formula", "");
      Support support = net.support(support());
      assertLogits(net.forward(prompted(true), support), 1e-5,
          .654634, .655993, 1.254352, .322176, .724138);
      assertLogits(net.forwardWithoutSupport(prompted(true)), 1e-5,
          .645410, .653662, 1.203126, .327148, .185203);
      assertLogits(net.forward(prompted(false), support), 1e-5,
          .609110, .588901, .437983, .521161, -1.131868);
    }
  }

  @Test
  void givesTheLogitsOfScribblePrompt() {
    try (ScribblePromptUNet net = ScribblePromptUNet.empty(8, Device.CPU);
        TorchScope scope = TorchScope.open("test");
        Autograd.Guard none = Autograd.noGrad()) {
      assertThat(net.state()).hasSize(29);
      Map<String, long[]> shapes = new LinkedHashMap<>();
      net.state().forEach((name, t) -> shapes.put(name, t.shape()));
      net.load(FormulaWeights.of(shapes)).requireComplete("formula", "");
      // The specification's tolerance: its figures were computed in single precision.
      assertLogits(net.forward(prompted(true)), 1e-4,
          -.131161, .941753, 4.564584, 2.289171, 4.284596);
    }
    try (ScribblePromptUNet net = ScribblePromptUNet.empty(192, Device.CPU)) {
      assertThat(net.state().values().stream().mapToLong(Tensor::numel).sum())
          .isEqualTo(3_991_882);
    }
  }

  @Test
  void hasTheReleasedMultiverSegsSize() {
    try (InContextNetwork net = InContextNetwork.empty(NetworkShape.multiverseg(256),
        Device.CPU)) {
      assertThat(net.parameters().stream().mapToLong(p -> p.tensor().numel()).sum())
          .isEqualTo(18_903_297);
    }
  }

  @Test
  void aBatchOfTargetsGivesWhatEachGivesAlone() {
    for (NetworkShape shape : new NetworkShape[]{NetworkShape.universeg(8),
      NetworkShape.multiverseg(8)}) {
      try (InContextNetwork net = InContextNetwork.create(shape, Device.CPU, 3);
          TorchScope scope = TorchScope.open("test");
          Autograd.Guard none = Autograd.noGrad()) {
        int channels = shape.form().targetChannels();
        Tensor targets = Tensor.of(values(2 * channels, 5), Device.CPU, 2, channels, SIDE, SIDE);
        Tensor supports = Tensor.of(values(6 * 2, 9), Device.CPU, 6, 2, SIDE, SIDE);
        float[] both = net.forward(targets, net.support(supports)).toFloats();
        for (int b = 0; b < 2; b++) {
          float[] alone = net.forward(targets.narrow(0, b, 1).contiguous(),
              net.support(supports.narrow(0, 3L * b, 3).contiguous())).toFloats();
          for (int g = 0; g < alone.length; g++) {
            assertThat(both[b * alone.length + g]).isCloseTo(alone[g], within(1e-4f));
          }
        }
      }
    }
  }

  private static float[] values(int slices, int seed) {
    float[] out = new float[slices * SIDE * SIDE];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (.5 + .5 * Math.sin(.7 * i + seed + .001 * i * i % 5));
    }
    return out;
  }

  @Test
  void everyParameterLearns() {
    for (NetworkShape shape : new NetworkShape[]{NetworkShape.universeg(8),
      NetworkShape.multiverseg(8)}) {
      try (InContextNetwork net = InContextNetwork.create(shape, Device.CPU, 3);
          TorchScope scope = TorchScope.open("test")) {
        int channels = shape.form().targetChannels();
        Tensor target = Tensor.of(values(channels, 5), Device.CPU, 1, channels, SIDE, SIDE);
        Tensor logits = net.forward(target,
            net.support(Tensor.of(values(4, 9), Device.CPU, 2, 2, SIDE, SIDE)));
        logits.mul(logits).mean().backward();
        // The last block's support side does not reach the result.
        String unused = "dec_blocks.2.support.";
        net.state().forEach((name, t) -> assertThat(t.hasGrad()).as(name)
            .isEqualTo(!name.startsWith(unused)));
      }
    }
  }

  @Test
  void tellsTheNetworkOfWeights() {
    try (InContextNetwork net = InContextNetwork.empty(NetworkShape.multiverseg(16),
        Device.CPU)) {
      Map<String, StoredTensor> weights = FormulaWeights.of(net);
      assertThat(NetworkShape.of(weights, Path.of("f"))).isEqualTo(NetworkShape.multiverseg(16));
    }
    assertThatThrownBy(() -> NetworkShape.of(
        Map.of("encoder.weight", StoredTensor.ofFloats(new float[1], 1)), Path.of("other.pt")))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("other.pt")
        .hasMessageContaining("encoder.weight");
  }

  @Test
  void namesWhatDoesNotFit() {
    try (InContextNetwork net = InContextNetwork.empty(NetworkShape.universeg(8), Device.CPU);
        TorchScope scope = TorchScope.open("test")) {
      assertThatThrownBy(() -> net.support(Tensor.zeros(Device.CPU, 1, 2, 20, 32)))
          .hasMessageContaining("divisible by 8").hasMessageContaining("[1, 2, 20, 32]");
      Support support = net.support(Tensor.zeros(Device.CPU, 1, 2, 32, 32));
      assertThatThrownBy(() -> net.forward(Tensor.zeros(Device.CPU, 1, 1, 16, 16), support))
          .hasMessageContaining("1 of 32x32");
      Map<String, StoredTensor> weights = new LinkedHashMap<>(FormulaWeights.of(net));
      weights.remove("out_conv.conv.bias");
      weights.put("stranger", StoredTensor.ofFloats(new float[1], 1));
      assertThatThrownBy(() -> net.load(weights).requireComplete("w.pt", "advice"))
          .hasMessageContaining("out_conv.conv.bias").hasMessageContaining("stranger");
    }
  }
}
