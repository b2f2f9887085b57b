package io.fiducia.metrics.stats;

/** Quantiles of sorted values. */
public final class Quantiles {
  private Quantiles() {}

  /** The quantile at {@code p}, linear between neighbours (type 7 of Hyndman and Fan 1996). */
  public static double of(double[] sorted, double p) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double position = p * (sorted.length - 1);
    int i = Math.clamp((long) position, 0, sorted.length - 1);
    return i + 1 >= sorted.length
        ? sorted[sorted.length - 1]
        : sorted[i] + (position - i) * (sorted[i + 1] - sorted[i]);
  }
}
