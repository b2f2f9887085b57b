package io.fiducia.metrics.stats;

/** The standard normal distribution. */
final class Normal {
  /** Beyond this the tail's continued fraction is more exact than the series about zero. */
  private static final double FAR = 3;

  private Normal() {}

  /**
   * P(Z &lt;= z), by the series of Marsaglia (2004, J. Stat. Softw. 11/4) about zero and Laplace's
   * continued fraction in the tails: about 1e-14 relative everywhere.
   */
  static double cumulative(double z) {
    if (Math.abs(z) > FAR) {
      double tail = tail(Math.abs(z));
      return z < 0 ? tail : 1 - tail;
    }
    double sum = z;
    double term = z;
    for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && i < 400; i += 2) {
      term *= z * z / i;
      sum += term;
    }
    return 0.5 + sum * density(z);
  }

  static double density(double z) {
    return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  }

  /** P(Z &gt; z) for z &gt; 0 as density / (z + 1 / (z + 2 / (z + ...))), from the inside out. */
  private static double tail(double z) {
    double fraction = z;
    // The nearer to zero, the more terms; at 3 it takes some ninety.
    for (int k = 30 + (int) (600 / (z * z)); k >= 1; k--) {
      fraction = z + k / fraction;
    }
    return density(z) / fraction;
  }

  /** The z with {@code cumulative(z) = p}, by bisection: slow and safe, called twice a figure. */
  static double quantile(double p) {
    double low = -38;
    double high = 38;
    for (int i = 0; i < 100; i++) {
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
