package io.fiducia.metrics.stats;

/**
 * What a number of cases can show: sample-size hints for paired comparisons, from the two-sided
 * paired t test at 5 %. The signed-rank test needs at worst 16 % more cases for the same power
 * (Hodges and Lehmann 1956), and can show nothing below six cases.
 */
public final class Detectable {
  /** The power that hints are computed for. */
  public static final double POWER = 0.8;

  private static final double ALPHA = 0.05;

  /** More cases than this are no plan. */
  private static final int MOST = 100_000;

  private Detectable() {}

  /**
   * The smallest true mean difference that {@code n} cases show with 80 % power if single differences
   * spread by {@code standardDeviation}; NaN for fewer than two cases.
   */
  public static double smallestDifference(double standardDeviation, int n) {
    return n < 2 || Double.isNaN(standardDeviation)
        ? Double.NaN
        : standardDeviation * StudentT.effect(n, POWER, ALPHA);
  }

  /**
   * The number of cases that show a true mean difference with 80 % power; at least 2, at most
   * 100,000, 0 where there is no difference to show or its spread is unknown.
   */
  public static int casesFor(double difference, double standardDeviation) {
    double wanted = Math.abs(difference) / standardDeviation;
    if (!(wanted > 0)) {
      return 0;
    }
    int low = 1;
    int high = 2;
    while (high < MOST && StudentT.power(high, wanted, ALPHA) < POWER) {
      low = high;
      high = Math.min(MOST, high * 2);
    }
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (StudentT.power(middle, wanted, ALPHA) < POWER) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
