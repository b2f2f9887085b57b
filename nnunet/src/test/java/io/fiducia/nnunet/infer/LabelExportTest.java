package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.SourceGrid;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.plan.ResamplingSettings;
import io.fiducia.resample.NnunetResampler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the definition: every output resampled whole, then compared voxel by voxel. */
class LabelExportTest {
  private static final int[] SHAPE = {7, 6, 9};
  private static final int PLANE = 6 * 9;

  private static Labels labels(boolean regions) {
    Map<String, List<Integer>> names = new LinkedHashMap<>();
    names.put("background", List.of(0));
    names.put("a", regions ? List.of(1, 2) : List.of(1));
    names.put("b", List.of(2));
    return new Labels(names, regions ? List.of(1, 2) : List.of(), OptionalInt.empty());
  }

  private static CaseProperties properties(List<Integer> target, List<Double> spacing) {
    Geometry grid = new Geometry(new Size(target.get(2), target.get(1), target.get(0)),
        new Vec3(spacing.get(2), spacing.get(1), spacing.get(0)), new Vec3(0, 0, 0),
        Mat3.IDENTITY);
    return new CaseProperties(new SourceGrid("NibabelIO", spacing, grid, grid, 3),
        List.of(0, 1, 2), CaseProperties.Crop.whole(target), List.of(1.0, 1.0, 1.0),
        ClassLocations.none());
  }

  @ParameterizedTest
  @CsvSource({"false,false,13,9,5,1", "true,false,13,9,5,1", "false,true,4,11,20,1",
    "true,true,7,6,9,1", "false,false,3,12,18,5"})
  void labelsAreThoseOfResamplingEverything(boolean regions, boolean half, int z, int y, int x,
      double spacingZ) {
    int outputs = regions ? 2 : 3;
    SeededRandom random = SeededRandom.of(5, "logits");
    float[][] logits = new float[outputs][7 * PLANE];
    for (float[] channel : logits) {
      for (int i = 0; i < channel.length; i++) {
        channel[i] = random.nextFloat() * 8 - 4;
      }
    }
    CaseProperties p = properties(List.of(z, y, x), List.of(spacingZ, 0.9, 0.8));
    LabelExport export = new LabelExport(SHAPE, labels(regions), ResamplingSettings.probabilities(),
        p,
        half, Optional.empty());
    assertThatThrownBy(export::labels).isInstanceOf(IllegalStateException.class);
    for (int k = 0; k < 7; k++) {
      float[] plane = new float[outputs * PLANE];
      for (int c = 0; c < outputs; c++) {
        System.arraycopy(logits[c], k * PLANE, plane, c * PLANE, PLANE);
      }
      export.accept(k, plane);
    }
    Optional<Integer> separate = spacingZ > 3 ? Optional.of(0) : Optional.empty();
    float[][] whole = new float[outputs][];
    for (int c = 0; c < outputs; c++) {
      whole[c] = NnunetResampler.resampleData(logits[c], SHAPE, new int[]{z, y, x}, 1, 0, separate);
    }
    short[] expected = new short[z * y * x];
    for (int i = 0; i < expected.length; i++) {
      for (int c = 0; c < outputs; c++) {
        float v = value(whole[c][i], half);
        if (regions && v > 0) {
          expected[i] = (short) (c + 1);
        } else if (!regions && v > value(whole[expected[i]][i], half)) {
          expected[i] = (short) c;
        }
      }
    }
    assertThat(export.labels()).isEqualTo(expected);
  }

  private static float value(float logit, boolean half) {
    return half ? Float.float16ToFloat(Float.floatToFloat16(logit)) : logit;
  }

  @Test
  void cubicLogitsAreRefused() {
    assertThatThrownBy(() -> new LabelExport(SHAPE, labels(false), ResamplingSettings.data(),
        properties(List.of(7, 6, 9), List.of(1.0, 1.0, 1.0)), false, Optional.empty()))
        .hasMessageContaining("order 3");
  }
}
