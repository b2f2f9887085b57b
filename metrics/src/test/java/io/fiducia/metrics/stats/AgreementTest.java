package io.fiducia.metrics.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgreementTest {
  private static final double[] A = {.91, .85, .77, .88, .93, .62, .89, .90, .84, .80, .71, .66};
  private static final double[] B = {.93, .86, .84, .87, .95, .70, .93, .905, .85, .86, .705, .73};

  /** Peak flow of 17 people by two meters (Bland and Altman 1986, table 1). */
  @Test
  void blandAndAltmansExample() {
    double[] large = {494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178,
      423, 427};
    double[] mini = {512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350,
      451};
    BlandAltman b = BlandAltman.of(mini, large);
    // As printed in the papers of 1986 and 1999: -2.1, 38.8, -78.1 and 73.9; bias -22.0 to 17.8.
    assertThat(b.bias()).isCloseTo(-2.1, within(0.05));
    assertThat(b.standardDeviation()).isCloseTo(38.8, within(0.05));
    assertThat(b.lowerLimit()).isCloseTo(-78.1, within(0.05));
    assertThat(b.upperLimit()).isCloseTo(73.9, within(0.05));
    assertThat(b.biasLow()).isCloseTo(-22.0, within(0.06));
    assertThat(b.biasHigh()).isCloseTo(17.8, within(0.06));
    // The same example's limit has a standard error of 16.4 with 1.96 in place of 2; t is 2.12.
    assertThat(b.lowerLimitHigh() - b.lowerLimit()).isCloseTo(2.12 * 16.4, within(0.1));
    assertThat(b.upperLimit() - b.upperLimitLow()).isCloseTo(2.12 * 16.4, within(0.1));
    // statsmodels 0.15.0, OLS of the differences on the means (signs turned).
    assertThat(b.slope()).isCloseTo(0.028687445152549205, within(1e-12));
    assertThat(b.slopeLow()).isCloseTo(-0.15932006, within(1e-7));
    assertThat(b.slopeHigh()).isCloseTo(0.21669495, within(1e-7));
    assertThat(b.slopeP()).isCloseTo(0.7494985336492942, within(1e-10));
  }

  @Test
  void fewVolumesGiveNoLimits() {
    double nan = Double.NaN;
    BlandAltman one = BlandAltman.of(new double[]{1, nan}, new double[]{2, 3});
    assertThat(one.n()).isEqualTo(1);
    assertThat(one.bias()).isEqualTo(1);
    assertThat(one.lowerLimit()).isNaN();
    assertThat(BlandAltman.of(new double[0], new double[0]).bias()).isNaN();
    BlandAltman same = BlandAltman.of(new double[]{1, 2, 3}, new double[]{1, 2, 3});
    assertThat(same.slope()).isZero();
    assertThat(same.slopeP()).isEqualTo(1);
  }

  /** statsmodels 0.15.0, ttost_paired and DescrStatsW. */
  @Test
  void equivalence() {
    double[] d = new Pairs(Collections.nCopies(12, ""), A, B).differences();
    Equivalence e = Equivalence.of(d, -0.05, 0.05);
    assertThat(e.p()).isCloseTo(0.03051959218916062, within(1e-12));
    assertThat(e.pLower()).isCloseTo(1.3074690121318926e-06, within(1e-15));
    Equivalence band = Equivalence.of(B, 0.80, 0.90);
    assertThat(band.pLower()).isCloseTo(0.05392666872444558, within(1e-12));
    assertThat(band.pUpper()).isCloseTo(0.024491074922860647, within(1e-12));
    assertThat(band.low()).isCloseTo(0.7988519945560734, within(1e-12));
    assertThat(band.high()).isCloseTo(0.8894813387772601, within(1e-12));
    assertThat(Equivalence.of(new double[]{0.1}, -1, 1).p()).isNaN();
    assertThat(Equivalence.of(new double[]{0, 0}, -1, 1).p()).isZero();
    assertThat(Equivalence.of(new double[]{2, 2}, -1, 1).p()).isEqualTo(1);
  }

  /** By hand: the middle system leads in one case of three, the first in two. */
  @Test
  void ranks() {
    double[][][] values = {{{0.9, 0.9, 0.5}, {0.8, 0.8, 0.9}, {0.1, 0.1, 0.1}}};
    RankStability r = RankStability.of(List.of("first", "middle", "last"), values,
        MetricSense.HIGHER_IS_BETTER, 20_000, 0);
    assertThat(r.rank()).containsExactly(2.0, 1.0, 3.0);
    // The first leads only where the odd case is not drawn: (2/3)^3, by hand.
    assertThat(r.shareOfRank().get(0).get(0)).isCloseTo(8 / 27.0, within(0.01));
    assertThat(r.shareOfRank().get(2)).containsExactly(0.0, 0.0, 1.0);
    assertThat(r.shareOfRank().stream().mapToDouble(s -> s.get(0)).sum())
        .isCloseTo(1, within(1e-9));
    RankStability lower = RankStability.of(List.of("first", "middle", "last"), values,
        MetricSense.LOWER_IS_BETTER, 100, 0);
    assertThat(lower.rank()).containsExactly(2.0, 3.0, 1.0);
  }

  @Test
  void ranksRestOnValuesThatEverySystemHas() {
    double nan = Double.NaN;
    double[][][] values = {{{0.9, nan, 0.5}, {0.9, 0.1, 0.5}}, {{nan, nan, 0.2}, {nan, nan, 0.3}}};
    RankStability r = RankStability.of(List.of("a", "b"), values, MetricSense.HIGHER_IS_BETTER,
        1000, 0);
    assertThat(r.cases()).isEqualTo(2);
    assertThat(r.values()).isEqualTo(3);
    assertThat(r.mean()).containsExactly((0.7 + 0.2) / 2, (0.7 + 0.3) / 2);
    // A draw of the first case alone finds the two alike; each has rank 1 for half of it.
    assertThat(r.shareOfRank().get(0).get(0)).isCloseTo(0.125, within(0.03));
    double[][][] none = {{{nan}, {nan}}};
    assertThat(RankStability.of(List.of("a", "b"), none, MetricSense.HIGHER_IS_BETTER, 10, 0)
        .rank()).allMatch(v -> v.isNaN());
  }

  @Test
  void sensesOfMetrics() {
    assertThat(Arrays.asList("Dice", "NSD@2mm", "NSD_voxel@3mm", "IoU")).allMatch(
        m -> MetricSense.of(m) == MetricSense.HIGHER_IS_BETTER);
    assertThat(Arrays.asList("HD_mm", "HD95_mm", "ASSD_mm", "ASD_ref_to_pred_mm", "APL_mm"))
        .allMatch(m -> MetricSense.of(m) == MetricSense.LOWER_IS_BETTER);
    assertThat(Arrays.asList("TP", "volume_difference_cm3", "centroid_shift_x_mm", "anything"))
        .allMatch(m -> MetricSense.of(m) == MetricSense.NONE);
  }
}
