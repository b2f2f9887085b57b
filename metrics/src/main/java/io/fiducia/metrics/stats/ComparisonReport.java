package io.fiducia.metrics.stats;

import java.util.List;
import java.util.Map;

/**
 * Everything that comparing systems gave.
 *
 * @param systems names, in the order given
 * @param cases how many cases each has
 * @param metrics every metric compared, the first one the primary
 * @param headline the metrics that are shown first
 * @param comparisons by metric, pair and structure
 * @param ranks by headline metric: over all structures first, then each
 * @param volumes agreement of each system's volumes with the reference's
 * @param bands systems held against bands of human agreement
 * @param subgroups headline metrics in the groups of covariates
 * @param problems what could not be compared, and doubts
 */
public record ComparisonReport(List<String> systems, Map<String, Integer> cases,
    List<String> metrics, List<String> headline, List<PairedComparison> comparisons,
    List<Ranking> ranks, List<Volumes> volumes, List<BandResult> bands, List<Subgroups> subgroups,
    List<Problem> problems, int draws, long seed) {

  /** A ranking by one metric; an empty structure stands for all of them together. */
  public record Ranking(String metric, String structure, RankStability stability) {}

  /** One system's volumes of one structure against the reference's. */
  public record Volumes(String system, String structure, String unit, List<Double> reference,
      List<Double> prediction, BlandAltman agreement) {}

  /** One system's mean against a band. */
  public record BandResult(String system, ReferenceBands.Band band, Equivalence result) {
    /** Where the mean lies, as far as its 90 % interval allows to say. */
    public String verdict() {
      if (result.n() == 0) {
        return "no value";
      }
      if (Double.isNaN(result.low())) {
        return "one case, not decided";
      }
      MetricSense sense = MetricSense.of(band.metric());
      boolean good = sense == MetricSense.HIGHER_IS_BETTER;
      if (result.low() > band.high()) {
        return sense == MetricSense.NONE
            ? "above"
            : good
                ? "better than the band"
                : "worse than the"
                    + " band";
      }
      if (result.high() < band.low()) {
        return sense == MetricSense.NONE
            ? "below"
            : good
                ? "worse than the band"
                : "better than the"
                    + " band";
      }
      if (result.p() < 0.05) {
        return Double.isInfinite(band.low()) || Double.isInfinite(band.high())
            ? "within the bound"
            : "within the band";
      }
      return "not decided: the interval reaches over an edge";
    }
  }

  /** A case, structure or file that was left out or is doubtful. */
  public record Problem(String where, String message) {}

  public ComparisonReport {
    systems = List.copyOf(systems);
    cases = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(cases));
    metrics = List.copyOf(metrics);
    headline = List.copyOf(headline);
    comparisons = List.copyOf(comparisons);
    ranks = List.copyOf(ranks);
    volumes = List.copyOf(volumes);
    bands = List.copyOf(bands);
    subgroups = List.copyOf(subgroups);
    problems = List.copyOf(problems);
  }
}
