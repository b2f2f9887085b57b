package io.fiducia.metrics.stats;

import java.util.Arrays;

/** Mean and standard deviation. */
final class SampleStatistics {
  private SampleStatistics() {}

  static double mean(double[] x) {
    return Arrays.stream(x).average().orElse(Double.NaN);
  }

  /** The sample's standard deviation (n - 1); NaN for fewer than two values. */
  static double standardDeviation(double[] x) {
    if (x.length < 2) {
      return Double.NaN;
    }
    double mean = mean(x);
    double squares = 0;
    for (double v : x) {
      squares += (v - mean) * (v - mean);
    }
    return Math.sqrt(squares / (x.length - 1));
  }

  static double median(double[] x) {
    double[] sorted = x.clone();
    Arrays.sort(sorted);
    return Quantiles.of(sorted, 0.5);
  }
}
