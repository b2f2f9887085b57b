package io.fiducia.metrics.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.SeededRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootstrapTest {
  @Test
  void agreesWithScipysBcaInterval() {
    double[] x = {.91, .85, .77, .88, .93, .62, .89, .90, .84, .80};
    Bootstrap.Interval i = Bootstrap.mean(x, 100_000, 1);
    // scipy 1.17.1 stats.bootstrap(method="BCa", n_resamples=200000): 0.762 to 0.879.
    assertThat(i.mean()).isCloseTo(0.839, within(1e-12));
    assertThat(i.low()).isCloseTo(0.762, within(0.002));
    assertThat(i.high()).isCloseTo(0.879, within(0.002));
    assertThat(i.n()).isEqualTo(10);
    double[] differences = {.02, .01, .07, -.01, .02, .08, .04, .005, .01, .06, -.005, .07};
    Bootstrap.Interval d = Bootstrap.mean(differences, 100_000, 1);
    // The same with 400,000 draws: 0.014583 to 0.049167.
    assertThat(d.low()).isCloseTo(0.014583, within(0.0006));
    assertThat(d.high()).isCloseTo(0.049167, within(0.0006));
  }

  @Test
  void agreesWithScipysIntervalOfTwoGroups() {
    double[] x = {.91, .85, .77, .88, .93, .62, .89};
    double[] y = {.70, .86, .55, .61, .78};
    Bootstrap.Interval i = Bootstrap.differenceOfMeans(x, y, 100_000, 1);
    // scipy 1.17.1 stats.bootstrap((x, y), method="BCa", n_resamples=400000): -0.24829 to -0.00229.
    assertThat(i.mean()).isCloseTo(0.7 - 5.85 / 7, within(1e-12));
    assertThat(i.low()).isCloseTo(-0.24829, within(0.003));
    assertThat(i.high()).isCloseTo(-0.00229, within(0.003));
    assertThat(i.n()).isEqualTo(12);
  }

  @Test
  void missingValuesDoNotCount() {
    Bootstrap.Interval i = Bootstrap.mean(new double[]{0.5, Double.NaN}, 1000, 0);
    assertThat(i).isEqualTo(new Bootstrap.Interval(0.5, 0.5, 0.5, 1));
    assertThat(Bootstrap.mean(new double[0], 1000, 0).mean()).isNaN();
    double[] one = {0.5};
    assertThat(Bootstrap.differenceOfMeans(one, new double[]{1, 2}, 100, 0).low()).isNaN();
    double[] alike = {2, 2};
    assertThat(Bootstrap.differenceOfMeans(new double[]{1, 1}, alike, 100, 0))
        .isEqualTo(new Bootstrap.Interval(1, 1, 1, 4));
  }

  @Test
  void lopsidedValuesStayInsideTheirRange() {
    double[] x = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    Bootstrap.Interval i = Bootstrap.mean(x, 10_000, 0);
    assertThat(i.low()).isBetween(0.0, 0.1);
    assertThat(i.high()).isBetween(0.2, 1.0);
  }

  /**
   * How often the interval of n normal values holds their true mean: what docs/statistics.md says.
   * A binomial standard error is 0.006.
   */
  @Tag("long")
  @ParameterizedTest
  @CsvSource({"5, 0.82", "8, 0.87", "10, 0.89", "20, 0.925", "50, 0.94"})
  void coverage(int n, double expected) {
    SeededRandom random = SeededRandom.of(9, "coverage", n);
    int held = 0;
    int rounds = 2000;
    for (int round = 0; round < rounds; round++) {
      double[] x = random.doubles(n).map(Normal::quantile).toArray();
      Bootstrap.Interval i = Bootstrap.mean(x, 2000, round);
      held += i.low() <= 0 && i.high() >= 0 ? 1 : 0;
    }
    assertThat(held / (double) rounds).isCloseTo(expected, within(0.02));
  }
}
