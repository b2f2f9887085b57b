package io.fiducia.nnunet.plan;

import java.util.Arrays;

/** Medians and percentiles, rounded as numpy rounds them. */
public final class NumpyQuantiles {
  private NumpyQuantiles() {}

  /** {@code numpy.median}. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }

  /** {@code numpy.percentile} with linear interpolation. */
  public static double percentile(double[] values, double percent) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = (sorted.length - 1) * (percent / 100);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return between(sorted[below], sorted[above], sorted[above] - sorted[below], place - below);
  }

  /** numpy's interpolation, which comes from whichever end is nearer. */
  static double between(double low, double high, double difference, double t) {
    return t < 0.5 ? low + difference * t : high - difference * (1 - t);
  }
}
