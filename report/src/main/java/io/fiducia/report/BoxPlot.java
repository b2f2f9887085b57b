package io.fiducia.report;

import io.fiducia.metrics.stats.Quantiles;

/**
 * Tukey's five numbers of some values: quartiles (linear interpolation), and whiskers that end at the
 * outermost values within 1.5 interquartile ranges of the box.
 */
record BoxPlot(double lowWhisker, double q1, double median, double q3, double highWhisker) {
  /** @param sorted finite values in ascending order, at least one */
  static BoxPlot of(double[] sorted) {
    double q1 = Quantiles.of(sorted, 0.25);
    double q3 = Quantiles.of(sorted, 0.75);
    double reach = 1.5 * (q3 - q1);
    double low = q1;
    double high = q3;
    for (double v : sorted) {
      if (v >= q1 - reach) {
        low = Math.min(low, v);
      }
      if (v <= q3 + reach) {
        high = Math.max(high, v);
      }
    }
    return new BoxPlot(low, q1, Quantiles.of(sorted, 0.5), q3, high);
  }

  /** Values below this are outliers. */
  double lowerFence() {
    return q1 - 1.5 * (q3 - q1);
  }

  boolean outlier(double v) {
    return v < lowWhisker || v > highWhisker;
  }
}
