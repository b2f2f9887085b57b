package io.fiducia.learn.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PreviousStageNoiseTest {
  static Stream<String> lines() throws IOException {
    try (var in = PreviousStageNoiseTest.class.getResourceAsStream("previous_stage.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList().stream();
    }
  }

  /** Against batchgeneratorsv2 0.3.6 with scikit-image ({@code src/test/peer/previous_stage.py}). */
  @ParameterizedTest
  @MethodSource("lines")
  void morphologyIsUpstreams(String line) {
    String[] words = line.split(" ");
    PatchShape shape = PatchShape.of(
        Arrays.stream(words[0].split("x")).mapToInt(Integer::parseInt).toArray());
    double share = Double.parseDouble(words[1]);
    boolean[] mask = new boolean[shape.voxels()];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (i * 7919L + i / 13 * 104729L) % 100003 < share * 100003;
    }
    double radius = Double.parseDouble(words[3]);
    boolean[] out = BinaryMorphology.apply(BinaryMorphology.Operator.valueOf(words[2]), mask, shape,
        shape.flat() ? StructuringElement.disk(radius) : StructuringElement.ball(radius));
    long count = 0;
    long sum = 0;
    for (int i = 0; i < out.length; i++) {
      count += out[i] ? 1 : 0;
      sum += out[i] ? i : 0;
    }
    assertThat(count).as(line).isEqualTo(Long.parseLong(words[4]));
    assertThat(sum % 1000003).as(line).isEqualTo(Long.parseLong(words[5]));
  }

  private static final PatchShape SMALL = new PatchShape(1, 1, 10, false);

  @Test
  void whatAStructureGainsOthersLose() {
    float[] data = {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1};
    new PreviousStageNoise(List.of(new PreviousStageNoise.Morphology(0,
        BinaryMorphology.Operator.DILATE, 1))).apply(data, 0, 2, SMALL);
    assertThat(data).containsExactly(0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  }

  /** Of ten voxels 15 % are 1.5: only the single voxels may go, here the second of two. */
  @Test
  void aSmallComponentGoes() {
    float[] data = {1, 0, 1, 1, 0, 0, 1, 0, 0, 0};
    new PreviousStageNoise(List.of(new PreviousStageNoise.Removal(0, 0.9)))
        .apply(data, 0, 1, SMALL);
    assertThat(data).containsExactly(1, 0, 1, 1, 0, 0, 0, 0, 0, 0);
    new PreviousStageNoise(List.of(new PreviousStageNoise.Removal(0, 0)))
        .apply(data, 0, 1, SMALL);
    assertThat(data).containsExactly(0, 0, 1, 1, 0, 0, 0, 0, 0, 0);
    new PreviousStageNoise(List.of(new PreviousStageNoise.Removal(0, 0)))
        .apply(data, 0, 1, SMALL);
    assertThat(data).containsExactly(0, 0, 1, 1, 0, 0, 0, 0, 0, 0);
  }

  /** 0.4 and 0.2 of the samples, half of the labels each: the shares of 4000 draws. */
  @Test
  void changesAreAsFrequentAsUpstreams() {
    int morphology = 0;
    int removals = 0;
    int operators = 0;
    for (int i = 0; i < 4000; i++) {
      for (PreviousStageNoise.Change change : PreviousStageNoise.draw(
          AugmentationProbabilities.nnunet().previousStage(), 3, SeededRandom.of(1, "test", i))
          .changes()) {
        if (change instanceof PreviousStageNoise.Morphology m) {
          morphology++;
          operators |= 1 << m.operator().ordinal();
          assertThat(m.radius()).isBetween(1.0, 8.0);
        } else {
          removals++;
        }
      }
    }
    // Standard deviations are about 55 and 40.
    assertThat(morphology).isBetween(2180, 2620);
    assertThat(removals).isBetween(1040, 1360);
    assertThat(operators).isEqualTo(0b1111);
    assertThat(PreviousStageNoise.draw(AugmentationProbabilities.none().previousStage(), 3,
        SeededRandom.of(1, "test")).changes()).isEmpty();
  }
}
