package io.fiducia.nnunet.plan;

/**
 * Foreground intensities of one channel over a dataset.
 *
 * @param mean their mean
 * @param std their standard deviation
 * @param order the smallest, the middle and the largest of them
 */
public record IntensityProperties(double mean, double std, Order order) {
  /** Percentiles in ascending order, those at 0.5 and 99.5 between the median and the extremes. */
  public record Order(double min, double percentile005, double median, double percentile995,
      double max) {}

  /** The smallest. */
  public double min() {
    return order.min();
  }

  /** The 0.5th percentile. */
  public double percentile005() {
    return order.percentile005();
  }

  /** The median. */
  public double median() {
    return order.median();
  }

  /** The 99.5th percentile. */
  public double percentile995() {
    return order.percentile995();
  }

  /** The largest. */
  public double max() {
    return order.max();
  }
}
