package io.fiducia.metrics.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributionsTest {
  /** scipy 1.17.1, stats.norm.cdf. */
  @ParameterizedTest
  @CsvSource({"-0.5, 0.3085375387259869", "2.5, 0.9937903346742238", "-3, 0.0013498980316300933",
    "-5, 2.866515718791933e-07", "-8.5, 9.47953482220325e-18", "-20, 2.7536241186061556e-89"})
  void normal(double z, double p) {
    assertThat(Normal.cumulative(z)).isCloseTo(p, Percentage.withPercentage(1e-10));
    if (p < 0.9) {
      assertThat(Normal.quantile(p)).isCloseTo(z, within(1e-9));
    }
  }

  @Test
  void theTwoFormsOfTheNormalMeet() {
    for (double z : new double[]{-3, 3}) {
      double step = 1e-9;
      assertThat(Normal.cumulative(z + step) - Normal.cumulative(z - step))
          .isCloseTo(2 * step * Normal.density(z), within(1e-14));
    }
  }

  /** scipy 1.17.1, stats.t.sf. */
  @ParameterizedTest
  @CsvSource({"0.5, 1, 0.35241638234956674", "2.1, 3, 0.0632826012748423",
    "4.3, 9, 0.0009953261372306278", "12, 20, 6.79777851294033e-11",
    "-1.2, 6, 0.8623164186099239"})
  void tailOfT(double t, double df, double p) {
    assertThat(StudentT.upperTail(t, df)).isCloseTo(p, Percentage.withPercentage(1e-9));
  }

  /** scipy 1.17.1, stats.t.ppf. */
  @ParameterizedTest
  @CsvSource({"0.975, 1, 12.706204736174694", "0.975, 7, 2.364624251592784",
    "0.95, 16, 1.7458836762762495", "0.995, 40, 2.7044592674331622"})
  void quantileOfT(double p, double df, double t) {
    assertThat(StudentT.quantile(p, df)).isCloseTo(t, within(1e-9));
  }

  /** statsmodels 0.15.0, TTestPower.solve_power(nobs, alpha=0.05, power=0.8). */
  @ParameterizedTest
  @CsvSource({"2, 11.549889754978167", "3, 3.264043552819638", "5, 1.6819970833232674",
    "8, 1.156035271959959", "10, 0.9960019107624178", "20, 0.6604416544380312",
    "50, 0.4041829997377859"})
  void smallestDifference(int n, double effect) {
    assertThat(Detectable.smallestDifference(0.5, n)).isCloseTo(0.5 * effect, within(1e-6));
  }

  /** statsmodels 0.15.0, TTestPower.solve_power(effect_size): 198.15, 33.37, 9.94, 3.53. */
  @ParameterizedTest
  @CsvSource({"0.2, 199", "0.5, 34", "1, 10", "2.5, 4"})
  void casesFor(double effect, int n) {
    assertThat(Detectable.casesFor(-0.1 * effect, 0.1)).isEqualTo(n);
  }

  @Test
  void noDifferenceNeedsNoNumber() {
    assertThat(Detectable.casesFor(0, 0.1)).isZero();
    assertThat(Detectable.casesFor(Double.NaN, 0.1)).isZero();
    assertThat(Detectable.casesFor(1e-6, 1)).isEqualTo(100_000);
    assertThat(Detectable.smallestDifference(1, 1)).isNaN();
  }
}
