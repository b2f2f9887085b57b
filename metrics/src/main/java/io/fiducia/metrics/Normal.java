package io.fiducia.metrics;

/** The standard normal distribution. */
final class Normal {
  private Normal() {}

  /**
   * P(Z &lt;= z), by the series of Marsaglia (2004, J. Stat. Softw. 11/4): exact to about 1e-15 for
   * |z| &lt; 7, 0 or 1 beyond 8.
   */
  static double cumulative(double z) {
    if (z < -8) {
      return 0;
    }
    if (z > 8) {
      return 1;
    }
    double sum = z;
    double term = z;
    for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && i < 400; i += 2) {
      term *= z * z / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  }

  /** The z with {@code cumulative(z) = p}, by bisection: slow and safe, called twice a figure. */
  static double quantile(double p) {
    double low = -8;
    double high = 8;
    for (int i = 0; i < 80; i++) {
      double middle = 0.5 * (low + high);
      if (cumulative(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return 0.5 * (low + high);
  }
}
