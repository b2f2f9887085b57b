package io.fiducia.promptable.sam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.promptable.sam.network.SamFormulaWeights;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.TinyVitShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.torch.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * From a picture to its masks, against what the Python originals gave for the same weights ({@link
 * ReferenceFile} says how it was made).
 */
class SamSliceModelTest {
  static final SamShape TINY = SamShape.of(VitShape.of(128, 32, 3, 2, 3, List.of(1), 128));

  static SamSliceModel model(SamFamily family, SamShape shape, String weights) {
    SamNetwork net = SamNetwork.empty(shape, Device.CPU);
    net.load(SamFormulaWeights.of(net)).requireComplete("formula", "");
    return new SamSliceModel(family, net, new ModelIdentity(family.word(), weights.repeat(64)));
  }

  private static void compare(String modelName, String kind, SamFamily family, SamShape shape) {
    int count = 0;
    try (SamSliceModel model = model(family, shape, "a")) {
      for (JsonNode one : ReferenceFile.read().path("cases")) {
        if (one.path("model").asString().equals(modelName)
            && one.path("kind").asString().equals(kind)) {
          compare(model, one);
          count++;
        }
      }
    }
    assertThat(count).isPositive();
  }

  private static void compare(SamSliceModel model, JsonNode expected) {
    int width = expected.path("width").asInt();
    int height = expected.path("height").asInt();
    SliceEmbedding embedding = model
        .embed(new SlicePicture(width, height, ReferenceFile.picture(width, height)));
    List<SliceAnswer> answers = model.answer(embedding, prompts(expected));
    assertThat(answers).hasSize(expected.path("iou").size());
    for (int i = 0; i < answers.size(); i++) {
      SliceAnswer answer = answers.get(i);
      assertThat(answer.index()).isEqualTo(answers.size() == 1 ? 0 : i + 1);
      assertThat(answer.predictedIou())
          .isCloseTo(expected.path("iou").path(i).asDouble(), within(1e-4));
      assertSamples(answer.lowResolution(), expected.path("low").path(i));
      assertSamples(answer.probabilities(), expected.path("probabilities").path(i));
      int inside = 0;
      for (byte b : answer.mask()) {
        inside += b;
      }
      // Of up to 60,300 pixels; some logits lie as close to 0 as rounding.
      assertThat(inside).isCloseTo(expected.path("inside").path(i).asInt(), within(5));
    }
  }

  private static void assertSamples(float[] found, JsonNode expected) {
    float[] some = ReferenceFile.samples(found);
    for (int i = 0; i < some.length; i++) {
      assertThat((double) some[i]).isCloseTo(expected.path(i).asDouble(), within(1e-4));
    }
  }

  private static SlicePrompts prompts(JsonNode n) {
    List<SlicePrompts.Point> points = new ArrayList<>();
    for (int i = 0; i < n.path("points").size(); i++) {
      points.add(new SlicePrompts.Point(n.path("points").path(i).path(0).asDouble(),
          n.path("points").path(i).path(1).asDouble(), n.path("labels").path(i).asInt() == 1));
    }
    JsonNode b = n.path("box");
    return new SlicePrompts(points,
        b.isEmpty()
            ? List.of()
            : List.of(new PixelBox(b.path(0).asDouble(), b.path(1).asDouble(),
                b.path(2).asDouble(), b.path(3).asDouble())),
        Optional.empty(), n.path("multimask").asBoolean());
  }

  @Test
  void answersAsSegmentAnything() {
    compare("tiny", "sam", SamFamily.VIT, TINY);
  }

  @Test
  void answersAsMedSam() {
    compare("tiny", "medsam", SamFamily.MEDSAM, TINY);
  }

  @Test
  void answersAsMobileSam() {
    compare("vit_t", "sam", SamFamily.VIT_T, SamShape.of(TinyVitShape.mobile()));
  }

  /** The original's classifier, which its weights carry, decides where formula weights fall. */
  @Test
  void answersAsLiteMedSam() {
    compare("litemedsam", "litemedsam", SamFamily.LITEMEDSAM,
        SamShape.of(TinyVitShape.released(TinyVitShape.Stem.PIXELS, 256, 1000)));
  }

  private static SliceEmbedding embedding(SamSliceModel model) {
    return model.embed(new SlicePicture(90, 70, ReferenceFile.picture(90, 70)));
  }

  @Test
  void anEmbeddingFromAFileAnswersTheSame(@TempDir Path folder) {
    try (SamSliceModel model = model(SamFamily.VIT, TINY, "a");
        SamSliceModel other = model(SamFamily.VIT, TINY, "b")) {
      SliceEmbedding made = embedding(model);
      made.write(folder.resolve("e"));
      SliceEmbedding read = SliceEmbedding.read(folder.resolve("e"));
      SlicePrompts prompts = SlicePrompts.box(new PixelBox(20, 15, 60, 50));
      assertThat(model.answer(read, prompts).getFirst().probabilities())
          .isEqualTo(model.answer(made, prompts).getFirst().probabilities());
      assertThatThrownBy(() -> other.answer(read, prompts))
          .hasMessageContaining("another model").hasMessageContaining("aaaa")
          .hasMessageContaining("bbbb");
    }
  }

  @Test
  void refusesADamagedEmbedding(@TempDir Path folder) throws Exception {
    try (SamSliceModel model = model(SamFamily.VIT, TINY, "a")) {
      Path file = folder.resolve("e");
      embedding(model).write(file);
      byte[] bytes = Files.readAllBytes(file);
      for (int length : new int[]{0, 5, 60, bytes.length - 1}) {
        Files.write(file, Arrays.copyOf(bytes, length));
        assertThatThrownBy(() -> SliceEmbedding.read(file))
            .hasMessageContaining("no usable embedding");
      }
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
      assertThatThrownBy(() -> SliceEmbedding.read(file)).hasMessageContaining("checksum");
    }
  }

  @Test
  void anAnswerImprovesThroughItsOwnLogits() {
    try (SamSliceModel model = model(SamFamily.VIT, TINY, "a")) {
      SliceEmbedding made = embedding(model);
      SlicePrompts box = SlicePrompts.box(new PixelBox(20, 15, 60, 50));
      SliceAnswer first = model.answer(made, box).getFirst();
      assertThat(first.lowResolution()).hasSize(32 * 32);
      SliceAnswer second = model.answer(made, box.withMaskLogits(first.lowResolution())).getFirst();
      assertThat(second.probabilities()).isNotEqualTo(first.probabilities());
      assertThatThrownBy(() -> model.answer(made, box.withMaskLogits(new float[7])))
          .hasMessageContaining("32x32").hasMessageContaining("found 7");
    }
  }

  /** ln(0.999/0.001) inside of the mask, its opposite beside it, 0 where the picture ends: micro-sam's rule. */
  @Test
  void makesAMaskAPrompt() {
    try (SamSliceModel model = model(SamFamily.VIT, TINY, "a")) {
      float[] mask = new float[64 * 48];
      for (int y = 0; y < 24; y++) {
        Arrays.fill(mask, y * 64, y * 64 + 32, 1);
      }
      float[] prompt = model.maskPrompt(64, 48, mask);
      assertThat(prompt).hasSize(32 * 32);
      float sure = (float) Math.log(999);
      assertThat(prompt[0]).isCloseTo(sure, within(1e-3f));
      assertThat(prompt[11 * 32 + 15]).isCloseTo(sure, within(1e-3f));
      assertThat(prompt[5 * 32 + 20]).isCloseTo(-sure, within(1e-3f));
      assertThat(prompt[23 * 32 + 5]).isCloseTo(-sure, within(1e-3f));
      assertThat(prompt[24 * 32 + 5]).isZero();
    }
  }
}
