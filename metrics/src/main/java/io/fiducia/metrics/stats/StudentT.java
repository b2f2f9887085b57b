package io.fiducia.metrics.stats;

/** Student's t distribution and the power of the paired t test. */
final class StudentT {
  /** Steps of Simpson's rule: enough for eight digits. */
  private static final int STEPS = 400;

  private StudentT() {}

  /** P(T &gt; t) with {@code df} degrees of freedom; exact in the tails. */
  static double upperTail(double t, double df) {
    if (Double.isNaN(t)) {
      return Double.NaN;
    }
    double half = 0.5 * SpecialFunctions.incompleteBeta(df / 2, 0.5, df / (df + t * t));
    return t >= 0 ? half : 1 - half;
  }

  /** The t with P(T &lt;= t) = p, for 0.5 &lt;= p &lt; 1, by bisection. */
  static double quantile(double p, double df) {
    double low = 0;
    double high = 2;
    while (upperTail(high, df) > 1 - p) {
      high *= 2;
    }
    for (int i = 0; i < 100; i++) {
      double middle = 0.5 * (low + high);
      if (upperTail(middle, df) > 1 - p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return 0.5 * (low + high);
  }

  /**
   * The power of the two-sided t test of {@code n} differences whose mean is {@code effect} standard
   * deviations: the probability that |T| exceeds its critical value, T being noncentral.
   *
   * <p>Given the sample's standard deviation s (in true ones), T exceeds c where a normal variable of
   * mean effect sqrt(n) exceeds c s; the mean over s, whose square times df is chi-squared, is taken
   * by Simpson's rule.
   */
  static double power(int n, double effect, double alpha) {
    return beyond(n, effect, quantile(1 - alpha / 2, n - 1.0));
  }

  /** The effect, in standard deviations, that the same test shows with the power asked for. */
  static double effect(int n, double power, double alpha) {
    double critical = quantile(1 - alpha / 2, n - 1.0);
    double low = 0;
    double high = 1;
    while (beyond(n, high, critical) < power) {
      low = high;
      high *= 2;
    }
    for (int i = 0; i < 26; i++) {
      double middle = 0.5 * (low + high);
      if (beyond(n, middle, critical) < power) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return 0.5 * (low + high);
  }

  private static double beyond(int n, double effect, double critical) {
    double df = n - 1.0;
    double shift = effect * Math.sqrt(n);
    double logConstant = Math.log(2) + df / 2 * Math.log(df / 2)
        - SpecialFunctions.logGamma(df / 2);
    // Outside of this range of s the density is below 1e-16 for every df of one or more.
    double from = Math.max(0, 1 - 9 / Math.sqrt(2 * df));
    double to = 1 + 9 / Math.sqrt(df);
    double width = (to - from) / STEPS;
    double sum = 0;
    for (int i = 0; i <= STEPS; i++) {
      double s = from + i * width;
      double density = s == 0
          ? (df == 1 ? Math.exp(logConstant) : 0)
          : Math.exp(logConstant + (df - 1) * Math.log(s) - df * s * s / 2);
      double outside = Normal.cumulative(shift - critical * s)
          + Normal.cumulative(-shift - critical * s);
      int weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * density * outside;
    }
    return Math.min(1, sum * width / 3);
  }
}
