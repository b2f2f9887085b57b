package io.fiducia.metrics.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedTestsTest {
  private static final double[] A = {.91, .85, .77, .88, .93, .62, .89, .90, .84, .80, .71, .66};
  private static final double[] B = {.93, .86, .84, .87, .95, .70, .93, .905, .85, .86, .705, .73};

  /** Eighty differences, numpy default_rng(3).normal(0.01, 0.05) to four digits. */
  private static final double[] EIGHTY = {0.112, -0.1178, 0.0309, -0.0184, -0.0126, -0.0008, -0.091,
    -0.0016, -0.0333, 0.1761, 0.0213, -0.0076, -0.0041, -0.0234, -0.0428, -0.0095, 0.0341, -0.0019,
    0.0579, 0.0, 0.0112, 0.0873, 0.0373, -0.0153, 0.0009, 0.037, 0.1068, -0.0035, -0.0022, 0.0601,
    -0.0343, -0.0046, 0.0541, 0.039, 0.0146, 0.0435, -0.1314, 0.0611, -0.038, -0.0734, 0.0238,
    0.045, -0.0122, -0.0438, 0.0113, 0.0074, 0.0803, 0.0474, 0.0197, 0.0656, -0.0003, -0.0363,
    0.0392, 0.0391, -0.0007, -0.0291, 0.0215, -0.1147, 0.0445, 0.0346, -0.0719, 0.0131, -0.0382,
    0.0479, -0.0917, -0.0357, 0.0455, 0.0678, -0.0979, -0.0149, 0.0264, -0.0205, 0.0895, -0.0496,
    0.0277, -0.0424, 0.0803, 0.0089, -0.0086, -0.0759};

  private static Pairs pairs(double[] a, double[] b) {
    return new Pairs(Collections.nCopies(a.length, "case"), a, b);
  }

  /** scipy 1.17.1, stats.wilcoxon(b, a) and pingouin 0.7.0: W 5.5, p 0.00634765625, r 0.858974. */
  @Test
  void tiesOfDecimalsAreTies() {
    Wilcoxon.Result w = Wilcoxon.test(pairs(A, B));
    assertThat(w).isEqualTo(new Wilcoxon.Result(12, 72.5, 5.5, 0.00634765625, true,
        Math.scalb(1, -11)));
    assertThat(w.rankBiserial()).isCloseTo(0.858974, within(1e-6));
  }

  /**
   * Wilcoxon's own kind of example, as R's manual has it (Hollander and Wolfe 1973, depression
   * scores): V 40 one-sided 0.01953, so two-sided 0.0390625.
   */
  @Test
  void hollanderAndWolfesExample() {
    double[] x = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    double[] y = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    Wilcoxon.Result w = Wilcoxon.test(pairs(y, x));
    assertThat(w.plus()).isEqualTo(40);
    assertThat(w.p()).isEqualTo(0.0390625);
  }

  /** Against all sign patterns, differences in few steps so that ties and zeros abound. */
  @Test
  void exactDistributionsAgreeWithEnumeration() {
    SeededRandom random = SeededRandom.of(5, "ties");
    for (int round = 0; round < 60; round++) {
      double[] d = random.doubles(1 + random.nextInt(11)).map(v -> Math.rint(8 * v - 3)).toArray();
      assertThat(Wilcoxon.test(d, 0).p()).as(Arrays.toString(d)).isEqualTo(enumeratedRanks(d));
      assertThat(SignFlipTest.test(d, 1e-12, 0).p()).as(Arrays.toString(d))
          .isEqualTo(enumeratedSums(d));
    }
  }

  @Test
  void manyDifferencesUseTheNormalApproximation() {
    // scipy 1.17.1, stats.wilcoxon(x, method="approx").
    Wilcoxon.Result w = Wilcoxon.test(EIGHTY, 0);
    assertThat(w.exact()).isFalse();
    assertThat(w.n()).isEqualTo(79);
    assertThat(w.p()).isCloseTo(0.30475672976882306, within(1e-12));
    double[] rounded = Arrays.stream(EIGHTY).map(v -> Math.rint(v * 50) / 50).toArray();
    assertThat(Wilcoxon.test(rounded, 1e-12).p()).isCloseTo(0.32593218060660256, within(1e-12));
    double[] allUp = new double[80];
    Arrays.setAll(allUp, i -> i + 1);
    assertThat(Wilcoxon.test(allUp, 0).p()).isEqualTo(Wilcoxon.test(allUp, 0).smallestP())
        .isBetween(1e-16, 1e-13);
  }

  @Test
  void fiftyDifferencesAreStillExact() {
    double[] d = new double[50];
    Arrays.setAll(d, i -> i + 1);
    assertThat(Wilcoxon.test(d, 0).p()).isEqualTo(Math.scalb(1, -49));
    double[] half = new double[50];
    Arrays.setAll(half, i -> i % 2 == 0 ? i + 1 : -i - 1);
    assertThat(Wilcoxon.test(half, 0).p()).isBetween(0.5, 1.0);
  }

  @Test
  void withoutDifferencesNothingIsShown() {
    assertThat(Wilcoxon.test(new double[5], 0).p()).isEqualTo(1);
    assertThat(Wilcoxon.test(new double[0], 0).p()).isEqualTo(1);
    assertThat(SignFlipTest.test(new double[5], 0, 0).p()).isEqualTo(1);
    assertThat(Wilcoxon.test(new double[]{0.2}, 0).p()).isEqualTo(1);
    assertThat(pairs(new double[]{0.3}, new double[]{0.1 + 0.2}).differences())
        .containsExactly(0);
  }

  @Test
  void signFlips() {
    // scipy 1.17.1, stats.permutation_test(permutation_type="samples"), all patterns.
    assertThat(SignFlipTest.test(pairs(A, B), 0))
        .isEqualTo(new SignFlipTest.Result(0.00634765625, true));
    // numpy, all 2^25 patterns of the whole numbers of ten-thousandths.
    double[] first = Arrays.copyOf(EIGHTY, 25);
    assertThat(SignFlipTest.test(first, 1e-12, 0).p()).isEqualTo(0.5391403436660767);
    // scipy 1.17.1 with 2,000,000 draws: 0.3952.
    SignFlipTest.Result drawn = SignFlipTest.test(EIGHTY, 1e-12, 0);
    assertThat(drawn.exact()).isFalse();
    assertThat(drawn.p()).isCloseTo(0.3952, within(0.005));
    assertThat(SignFlipTest.test(EIGHTY, 1e-12, 0)).isEqualTo(drawn);
    assertThat(SignFlipTest.test(EIGHTY, 1e-12, 1).p()).isNotEqualTo(drawn.p());
  }

  /** statsmodels 0.15.0, multipletests(method="holm"); a missing p-value does not count. */
  @Test
  void holm() {
    double[] adjusted = Holm.adjust(new double[]{.01, .04, Double.NaN, .03, .005, .2});
    double[] expected = {.04, .09, Double.NaN, .09, .025, .2};
    for (int i = 0; i < expected.length; i++) {
      assertThat(adjusted[i]).isCloseTo(expected[i], within(1e-15));
    }
  }

  @Test
  void effectSizes() {
    EffectSizes e = EffectSizes.of(pairs(A, B));
    assertThat(e.greater()).isEqualTo(10);
    assertThat(e.smaller()).isEqualTo(2);
    // numpy 2.4.6: mean over standard deviation; scipy's gamma for Hedges' factor.
    assertThat(e.cohensDz()).isCloseTo(0.968816975793359, within(1e-12));
    assertThat(e.hedgesG()).isCloseTo(0.9009608507101006, within(1e-12));
    assertThat(e.probabilityOfSuperiority()).isEqualTo(10 / 12.0);
    EffectSizes same = EffectSizes.of(pairs(A, A));
    assertThat(same.equal()).isEqualTo(12);
    assertThat(same.cohensDz()).isNaN();
    assertThat(same.rankBiserial()).isNaN();
    assertThat(same.probabilityOfSuperiority()).isEqualTo(0.5);
  }

  private static double enumeratedRanks(double[] differences) {
    double[] d = Arrays.stream(differences).filter(v -> v != 0).toArray();
    double[] ranks = new double[d.length];
    for (int i = 0; i < d.length; i++) {
      for (double other : d) {
        double gap = Math.abs(other) - Math.abs(d[i]);
        ranks[i] += gap < 0 ? 1 : gap == 0 ? 0.5 : 0;
      }
      ranks[i] += 0.5;
    }
    double total = Arrays.stream(ranks).sum();
    double observed = 0;
    for (int i = 0; i < d.length; i++) {
      observed += d[i] > 0 ? ranks[i] : 0;
    }
    List<Double> sums = patterns(ranks, 0);
    double far = Math.abs(observed - total / 2);
    return sums.stream().filter(s -> Math.abs(s - total / 2) >= far).count()
        / (double) sums.size();
  }

  private static double enumeratedSums(double[] d) {
    double[] doubled = Arrays.stream(d).map(v -> 2 * v).toArray();
    double total = Arrays.stream(d).sum();
    List<Double> sums = patterns(doubled, -total);
    return sums.stream().filter(s -> Math.abs(s) >= Math.abs(total)).count()
        / (double) sums.size();
  }

  /** The sums over every subset, from a start. */
  private static List<Double> patterns(double[] values, double start) {
    List<Double> sums = new ArrayList<>();
    for (int pattern = 0; pattern < 1 << values.length; pattern++) {
      double sum = start;
      for (int i = 0; i < values.length; i++) {
        sum += (pattern >> i & 1) == 1 ? values[i] : 0;
      }
      sums.add(sum);
    }
    return sums;
  }
}
