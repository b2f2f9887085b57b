package io.fiducia.metrics.stats;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Holm's step-down correction (1979), which bounds the chance of any false finding in a family. */
public final class Holm {
  private Holm() {}

  /** The adjusted p-values in the order given; a NaN stays one and does not count. */
  public static double[] adjust(double[] p) {
    int[] order = IntStream.range(0, p.length).filter(i -> !Double.isNaN(p[i])).boxed()
        .sorted(Comparator.comparingDouble(i -> p[i])).mapToInt(i -> i).toArray();
    double[] adjusted = p.clone();
    double largest = 0;
    for (int k = 0; k < order.length; k++) {
      largest = Math.max(largest, Math.min(1, (order.length - k) * p[order[k]]));
      adjusted[order[k]] = largest;
    }
    return adjusted;
  }
}
