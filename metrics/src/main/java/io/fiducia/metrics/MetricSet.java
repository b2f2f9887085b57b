package io.fiducia.metrics;

import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.compat.CompatTool;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which metrics are computed: a list of our own, or the figures of another tool.
 *
 * @param metrics in the order of the files
 * @param tolerancesMm for surface Dice
 * @param percentiles of the Hausdorff distance
 * @param compat the tool whose figures are computed instead of {@code metrics}
 */
public record MetricSet(List<Metric> metrics, List<Double> tolerancesMm, List<Double> percentiles,
    Optional<CompatTool> compat) {
  /** The tolerance of surface Dice unless others are asked for. */
  public static final double TOLERANCE_MM = 2;

  /** The percentile of the Hausdorff distance unless others are asked for. */
  public static final double PERCENTILE = 95;

  public MetricSet {
    metrics = List.copyOf(metrics);
    tolerancesMm = List.copyOf(tolerancesMm);
    percentiles = List.copyOf(percentiles);
    for (double t : tolerancesMm) {
      if (!(t >= 0) || !Double.isFinite(t)) {
        throw usage("a tolerance must be 0 mm or more, found " + t, "");
      }
    }
    for (double p : percentiles) {
      if (!(p > 0 && p <= 100)) {
        throw usage("a percentile must be above 0 and at most 100, found " + p, "");
      }
    }
  }

  /** What overlap and volume say: nnU-Net's metrics, sensitivity, precision and volumes. */
  public static MetricSet overlap() {
    List<Metric> metrics = new ArrayList<>();
    for (MetricKind kind : MetricKind.values()) {
      if (kind.compareTo(MetricKind.VOLUME_DIFFERENCE_REL) <= 0) {
        metrics.add(Metric.of(kind));
      }
    }
    return new MetricSet(metrics, List.of(), List.of(), Optional.empty());
  }

  /** All metrics, surface Dice at 2 mm, the Hausdorff distance and its 95th percentile. */
  public static MetricSet all() {
    return all(List.of(TOLERANCE_MM), List.of(PERCENTILE));
  }

  /** All metrics with these tolerances and percentiles. */
  public static MetricSet all(List<Double> tolerancesMm, List<Double> percentiles) {
    List<Metric> metrics = new ArrayList<>();
    for (MetricKind kind : MetricKind.values()) {
      metrics.addAll(with(kind, tolerancesMm, percentiles));
    }
    return new MetricSet(metrics, tolerancesMm, percentiles, Optional.empty());
  }

  /** The figures of another tool. */
  public static MetricSet of(CompatTool tool, List<Double> tolerancesMm,
      List<Double> percentiles) {
    return new MetricSet(List.of(), tolerancesMm, percentiles, Optional.of(tool));
  }

  /**
   * The metrics of some names, in the order of the names. A name is one of the files
   * ({@code HD95_mm}, {@code NSD@2mm}) or stands for all its tolerances, percentiles and axes
   * ({@code HD}, {@code NSD}, {@code centroid_shift}); capitals do not matter.
   *
   * @throws FiduciaException USAGE if a name is not known
   */
  public static MetricSet named(List<String> names, List<Double> tolerancesMm,
      List<Double> percentiles) {
    MetricSet all = all(tolerancesMm, percentiles);
    List<Metric> chosen = new ArrayList<>();
    for (String name : names) {
      List<Metric> found = all.metrics.stream().filter(m -> answersTo(m, name.strip())).toList();
      if (found.isEmpty()) {
        throw usage("no metric is called " + name.strip(), all.metrics.stream().map(Metric::name)
            .collect(Collectors.joining(" ", "the metrics are: ", "")));
      }
      found.stream().filter(m -> !chosen.contains(m)).forEach(chosen::add);
    }
    return new MetricSet(chosen, tolerancesMm, percentiles, Optional.empty());
  }

  private static boolean answersTo(Metric metric, String name) {
    String full = metric.name();
    return full.equalsIgnoreCase(name) || full.replaceAll("_(mm|cm3)$", "").equalsIgnoreCase(name)
        || metric.kind().family().equalsIgnoreCase(name)
        || full.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + "_")
            && List.of("centroid_shift", "volume", "volume_difference", "apl")
                .contains(name.toLowerCase(Locale.ROOT));
  }

  private static List<Metric> with(MetricKind kind, List<Double> tolerancesMm,
      List<Double> percentiles) {
    return switch (kind) {
      case NSD, NSD_VOXEL -> tolerancesMm.stream().map(t -> new Metric(kind, t)).toList();
      case HAUSDORFF_PERCENTILE -> percentiles.stream().map(p -> new Metric(kind, p)).toList();
      default -> List.of(Metric.of(kind));
    };
  }

  private static FiduciaException usage(String what, String why) {
    return FiduciaException.usage(what, why,
        "see docs/evaluation.md for the metrics and what they need");
  }
}
