package io.fiducia.metrics.surface;

/** Percentiles of sorted values. */
public final class Percentile {
  private Percentile() {}

  /**
   * The percentile with linear interpolation between the values, as {@code numpy.percentile} by
   * default; NaN of none.
   *
   * @param percent 0 to 100
   */
  public static double linear(double[] sorted, double percent) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double position = percent / 100 * (sorted.length - 1);
    int below = Math.clamp((long) position, 0, sorted.length - 1);
    int above = Math.min(below + 1, sorted.length - 1);
    double part = position - below;
    double step = sorted[above] - sorted[below];
    return part < 0.5
        ? sorted[below] + step * part
        : sorted[above] - step * (1 - part);
  }
}
