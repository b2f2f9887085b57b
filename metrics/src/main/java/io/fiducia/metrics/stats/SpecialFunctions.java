package io.fiducia.metrics.stats;

/** The two special functions that the t distribution needs. */
final class SpecialFunctions {
  /** Lanczos' coefficients for g = 7 with nine terms (Godfrey's): about 1e-15 relative. */
  private static final double[] LANCZOS = {0.99999999999980993, 676.5203681218851,
    -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};

  private SpecialFunctions() {}

  /** ln Gamma(x) for x &gt; 0. */
  static double logGamma(double x) {
    if (x < 0.5) {
      return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
    }
    double y = x - 1;
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (y + i);
    }
    double t = y + 7.5;
    return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
  }

  /**
   * The regularised incomplete beta function I_x(a, b), by its continued fraction (Abramowitz and
   * Stegun 26.5.8) on the side where that converges fast, evaluated after Lentz.
   */
  static double incompleteBeta(double a, double b, double x) {
    if (x <= 0) {
      return 0;
    }
    if (x >= 1) {
      return 1;
    }
    return x < (a + 1) / (a + b + 2) ? fraction(a, b, x) : 1 - fraction(b, a, 1 - x);
  }

  private static double fraction(double a, double b, double x) {
    double front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x)
        + b * Math.log1p(-x)) / a;
    double tiny = 1e-300;
    double value = 1;
    double c = 1;
    double d = 0;
    for (int i = 0; i < 1000; i++) {
      int m = i / 2;
      double numerator = i == 0
          ? 1
          : i % 2 == 0
              ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
              : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 + numerator * d;
      d = 1 / (Math.abs(d) < tiny ? tiny : d);
      c = 1 + numerator / c;
      c = Math.abs(c) < tiny ? tiny : c;
      value *= c * d;
      if (Math.abs(1 - c * d) < 1e-16) {
        break;
      }
    }
    return front * (value - 1);
  }
}
