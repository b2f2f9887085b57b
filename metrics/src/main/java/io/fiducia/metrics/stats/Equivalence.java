package io.fiducia.metrics.stats;

import java.util.Arrays;

/**
 * Two one-sided t tests (Schuirmann 1987): whether a mean lies between two bounds, which is what has
 * to be shown before two things are called equal.
 *
 * @param n values
 * @param mean their mean
 * @param lower lower bound
 * @param upper upper bound
 * @param pLower p-value of "the mean is at or below the lower bound": small where the mean is shown
 *     to be above it
 * @param pUpper p-value of "the mean is at or above the upper bound"
 * @param low lower end of the mean's 90 % t interval, which lies inside the bounds exactly where
 *     both tests reject at 5 %
 * @param high upper end of it
 */
public record Equivalence(int n, double mean, double lower, double upper, double pLower,
    double pUpper, double low, double high) {

  /** Tests the finite values; the p-values are NaN for fewer than two. */
  public static Equivalence of(double[] values, double lower, double upper) {
    double[] x = Arrays.stream(values).filter(Double::isFinite).toArray();
    int n = x.length;
    double mean = SampleStatistics.mean(x);
    if (n < 2) {
      return new Equivalence(n, mean, lower, upper, Double.NaN, Double.NaN, Double.NaN,
          Double.NaN);
    }
    double se = SampleStatistics.standardDeviation(x) / Math.sqrt(n);
    double half = se * StudentT.quantile(0.95, n - 1);
    return new Equivalence(n, mean, lower, upper, pAbove(mean - lower, se, n),
        pAbove(upper - mean, se, n), mean - half, mean + half);
  }

  private static double pAbove(double distance, double se, int n) {
    // Values without any spread are on one side or the other.
    return se == 0 ? (distance > 0 ? 0 : 1) : StudentT.upperTail(distance / se, n - 1);
  }

  /** The p-value of equivalence: the larger of the two. */
  public double p() {
    return Double.isNaN(pLower) ? Double.NaN : Math.max(pLower, pUpper);
  }
}
