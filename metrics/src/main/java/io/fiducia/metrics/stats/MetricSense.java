package io.fiducia.metrics.stats;

import java.util.Set;

/** Which way a metric is good. */
public enum MetricSense {
  HIGHER_IS_BETTER,
  LOWER_IS_BETTER,
  /** Neither: a count, or a signed error that is best at zero. */
  NONE;

  private static final Set<String> HIGHER = Set.of("Dice", "IoU", "sensitivity", "precision");
  private static final Set<String> LOWER = Set.of("ASSD_mm", "MASD_mm", "APL_mm", "APL_fraction",
      "missing_slices");

  /** The sense of a metric by its name in metrics.csv; {@link #NONE} for a name that is not known. */
  public static MetricSense of(String metric) {
    if (HIGHER.contains(metric) || metric.startsWith("NSD")) {
      return HIGHER_IS_BETTER;
    }
    boolean distance = metric.startsWith("HD") || metric.startsWith("ASD_");
    return LOWER.contains(metric) || distance ? LOWER_IS_BETTER : NONE;
  }

  /** A difference turned so that positive is better; as it is where there is no better. */
  public double gain(double difference) {
    return this == LOWER_IS_BETTER ? -difference : difference;
  }
}
