package io.fiducia.metrics;

/**
 * One metric: what is measured, and with which tolerance (mm) or percentile where the kind takes one
 * (else 0).
 */
public record Metric(MetricKind kind, double parameter) {
  static Metric of(MetricKind kind) {
    return new Metric(kind, 0);
  }

  /** The name in metrics.csv and summary.json. */
  public String name() {
    return kind.name(parameter);
  }
}
