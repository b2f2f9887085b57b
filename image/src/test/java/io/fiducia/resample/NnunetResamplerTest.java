package io.fiducia.resample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Expected numbers: nnunetv2 2.8.1 {@code resample_data_or_seg} with scikit-image 0.26.0, scipy 1.17.1
 * and batchgenerators 0.25.5, float64, on {@link Patterns}; 1-D numbers from scikit-image's resize.
 */
class NnunetResamplerTest {
  private static final int[] SHAPE = {5, 7, 9};
  private static final int[] NEW = {7, 10, 6};
  private static final Optional<Integer> NONE = Optional.empty();

  @Test
  void cubicLineIsSkimages() {
    float[] line = {0, 10, 20, 40, 80, 160};
    int[] shape = {1, 1, 6};
    assertThat(NnunetResampler.resampleData(line, shape, new int[]{1, 1, 9}, 3, 0, NONE))
        .containsExactly(new float[]{0, 4.3997413f, 11.5849102f, 17.8539845f, 28.8702302f,
          43.9586274f, 69.1236475f, 123.5335738f, 160}, within(2e-5f));
    assertThat(NnunetResampler.resampleData(line, shape, new int[]{1, 1, 4}, 3, 0, NONE))
        .containsExactly(new float[]{1.8366170f, 16.9199731f, 46.0907441f, 144.6303297f},
            within(2e-5f));
    // The same line lies along every axis.
    assertThat(NnunetResampler.resampleData(line, new int[]{6, 1, 1}, new int[]{4, 1, 1}, 3, 0,
        NONE)).containsExactly(
            NnunetResampler.resampleData(line, shape, new int[]{1, 1, 4}, 3, 0, NONE));
  }

  @Test
  void nearestTakesTheUpperOfTwoEquallyNear() {
    float[] line = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertThat(NnunetResampler.resampleData(line, new int[]{1, 1, 10}, new int[]{1, 1, 5}, 0, 0,
        NONE)).containsExactly(1, 3, 5, 7, 9);
  }

  @ParameterizedTest
  @CsvSource({
    "3,0,-1,20702.997672227786,0.33615124390503454,38.540305805222985,44.11285954495257,"
        + "74.3666716927582",
    "3,0,0,20650.01896036295,5.2239539400170365,25.562809055995704,44.11285954495256,"
        + "72.63217305597409",
    "3,1,2,20654.092275342613,11.255388305642459,42.557567594229845,42.22016173300865,"
        + "68.51260103555305",
    "1,0,1,20533.035714285717,12.0,45.714285714285715,41.0,76.25",
    "3,3,0,20695.707036203297,0.3361512439050483,38.540305805222964,44.11285954495257,"
        + "74.36667169275817"})
  void dataAgreeWithNnunet(int order, int orderZ, int axis, double sum, double a, double b,
      double c, double d) {
    float[] out = NnunetResampler.resampleData(Patterns.image(SHAPE), SHAPE, NEW, order, orderZ,
        axis < 0 ? NONE : Optional.of(axis));
    assertThat(Patterns.sum(out)).isCloseTo(sum, within(1e-3));
    assertThat(at(out, 0, 0, 0)).isCloseTo((float) a, within(5e-5f));
    assertThat(at(out, 2, 3, 4)).isCloseTo((float) b, within(5e-5f));
    assertThat(at(out, 3, 9, 5)).isCloseTo((float) c, within(5e-5f));
    assertThat(at(out, 6, 5, 1)).isCloseTo((float) d, within(5e-5f));
  }

  private static float at(float[] data, int z, int y, int x) {
    return data[(z * NEW[1] + y) * NEW[2] + x];
  }

  @Test
  void labelsAgreeWithNnunet() {
    short[] labels = Patterns.labels(SHAPE);
    int[] twice = {10, 14, 18};
    assertThat(Patterns.checksum(NnunetResampler.resampleSeg(labels, SHAPE, twice, 1, 0, NONE)))
        .isEqualTo(1093576);
    assertThat(Patterns.checksum(
        NnunetResampler.resampleSeg(labels, SHAPE, NEW, 1, 0, Optional.of(0)))).isEqualTo(95242);
    // Older batchgenerators' rule, from scikit-image's resize of each indicator.
    assertThat(Patterns.checksum(NnunetResampler.resampleSeg(labels, SHAPE, twice, 1, 0, NONE,
        LabelRule.AT_LEAST_HALF))).isEqualTo(803728);
  }

  @Test
  void equalShapesComeBackUntouched() {
    float[] data = Patterns.image(SHAPE);
    short[] labels = Patterns.labels(SHAPE);
    assertThat(NnunetResampler.resampleData(data, SHAPE, SHAPE.clone(), 3, 0, NONE)).isSameAs(data);
    assertThat(NnunetResampler.resampleSeg(labels, SHAPE, SHAPE.clone(), 1, 0, NONE))
        .isSameAs(labels);
  }

  @Test
  void planesOneByOneAreTheWholeResult() {
    float[] data = Patterns.image(SHAPE);
    for (int[] target : List.of(NEW, SHAPE, new int[]{2, 7, 20}, new int[]{1, 1, 1})) {
      for (int axis = -1; axis < 3; axis++) {
        Optional<Integer> separate = axis < 0 ? NONE : Optional.of(axis);
        float[] whole = NnunetResampler.resampleData(data, SHAPE, target, 1, 0, separate);
        LinearPlanes planes = new LinearPlanes(SHAPE, target, 1, 0, separate);
        int in = SHAPE[1] * SHAPE[2];
        int out = target[1] * target[2];
        float[] plane = new float[out + 1];
        assertThat(planes.size()).isEqualTo(target[0]);
        for (int k = 0; k < target[0]; k++) {
          assertThat(planes.high(k)).isBetween(planes.low(k), planes.low(k) + 1);
          assertThat(planes.low(k)).isGreaterThanOrEqualTo(k == 0 ? 0 : planes.low(k - 1));
          planes.plane(data, planes.low(k) * in, data, planes.high(k) * in, k, plane, 1);
          assertThat(Arrays.copyOfRange(plane, 1, out + 1))
              .containsExactly(Arrays.copyOfRange(whole, k * out, (k + 1) * out));
        }
      }
    }
    assertThatThrownBy(() -> new LinearPlanes(SHAPE, NEW, 1, 0, NONE)
        .plane(data, 0, data, 0, 0, new float[20], 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LinearPlanes(SHAPE, NEW, 3, 0, NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void separateAxisFollowsTheCurrentThenTheNewSpacing() {
    double[] iso = {1, 1, 1};
    double[] thick = {5, 1, 1};
    assertThat(NnunetResampler.separateAxis(thick, iso, Optional.empty())).contains(0);
    assertThat(NnunetResampler.separateAxis(iso, new double[]{1, 1, 4}, Optional.empty()))
        .contains(2);
    assertThat(NnunetResampler.separateAxis(new double[]{3, 1, 1}, iso, Optional.empty()))
        .isEmpty();
    // Two coarse axes: no separation, even though the new spacing alone would ask for it.
    assertThat(NnunetResampler.separateAxis(new double[]{0.24, 1.25, 1.25}, thick,
        Optional.empty())).isEmpty();
    assertThat(NnunetResampler.separateAxis(thick, iso, Optional.of(false))).isEmpty();
    assertThat(NnunetResampler.separateAxis(new double[]{1.5, 1, 1}, iso, Optional.of(true)))
        .contains(0);
    assertThat(NnunetResampler.separateAxis(iso, thick, Optional.of(true))).isEmpty();
  }

  @Test
  void newShapeRoundsHalvesToEven() {
    assertThat(NnunetResampler.newShape(new int[]{5, 7, 9}, new double[]{1, 1, 1},
        new double[]{2, 2, 2})).containsExactly(2, 4, 4);
    assertThat(NnunetResampler.newShape(new int[]{1, 3, 3}, new double[]{1, 1, 1},
        new double[]{4, 1, 1})).containsExactly(1, 3, 3);
  }

  @Test
  void oneSliceIsATwoDimensionalImage() {
    float[] data = Patterns.image(new int[]{1, 7, 9});
    int[] from = {1, 7, 9};
    int[] to = {1, 10, 6};
    assertThat(NnunetResampler.resampleData(data, from, to, 3, 0, Optional.of(0)))
        .containsExactly(NnunetResampler.resampleData(data, from, to, 3, 0, NONE));
  }

  @Test
  void zoomAgreesWithScipy() {
    // scipy.ndimage.zoom(mode="nearest"), float64, on the same pattern; the line is from its oracle.
    float[] line = {0, 10, 20, 40, 80, 160};
    assertThat(CornerAlignedZoom.zoom(line, new int[]{1, 1, 6}, new int[]{1, 1, 9}, 1))
        .containsExactly(new float[]{0, 6.25f, 12.5f, 18.75f, 30, 45, 70, 110, 160}, within(1e-5f));
    float[] cubic = CornerAlignedZoom.zoom(Patterns.image(SHAPE), SHAPE, NEW, 3);
    assertThat(Patterns.sum(cubic)).isCloseTo(20596.982103920076, within(1e-3));
    assertThat(at(cubic, 2, 3, 4)).isCloseTo(42.04598458420892f, within(5e-5f));
    float[] linear = CornerAlignedZoom.zoom(Patterns.image(SHAPE), SHAPE, NEW, 1);
    assertThat(Patterns.sum(linear)).isCloseTo(20615.933333333334, within(1e-3));
    assertThat(at(linear, 6, 5, 1)).isCloseTo(58.26666666666667f, within(5e-5f));
    assertThat(CornerAlignedZoom.outputShape(new int[]{5, 5, 4}, new double[]{0.5, 1.5, 2}))
        .containsExactly(2, 8, 8);
  }
}
