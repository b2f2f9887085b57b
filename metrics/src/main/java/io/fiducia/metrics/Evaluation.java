package io.fiducia.metrics;

import io.fiducia.core.Structure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scores of a set of cases.
 *
 * @param referenceCount number of reference files found
 * @param predictionCount number of prediction files found
 * @param problems what could not be scored, one entry per case
 */
public record Evaluation(List<Structure> structures, List<CaseScores> cases, int referenceCount,
    int predictionCount, List<Problem> problems) {
  /** A case that was left out, or a doubt about one. */
  public record Problem(String caseId, String message) {}

  public Evaluation {
    structures = List.copyOf(structures);
    cases = List.copyOf(cases);
    problems = List.copyOf(problems);
  }

  /**
   * All values of a metric of one structure, in case order: NaN where there is none, because it does
   * not exist or because the structure is not annotated in the case.
   */
  public double[] values(String structureKey, String metric) {
    return cases.stream()
        .mapToDouble(c -> c.byStructure().getOrDefault(structureKey, Map.of())
            .getOrDefault(metric, Double.NaN))
        .toArray();
  }

  /** How many of the cases do not say where a structure is, so that it was left out there. */
  public int leftOut(String structureKey) {
    return (int) cases.stream().filter(c -> !c.byStructure().containsKey(structureKey)).count();
  }

  /** Mean over the cases that have a value, metric by metric; NaN where none has. */
  public Map<String, Double> mean(String structureKey) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (String metric : metrics()) {
      means.put(metric, meanOfExisting(values(structureKey, metric)));
    }
    return means;
  }

  /** How many cases have a value, metric by metric. */
  public Map<String, Integer> counts(String structureKey) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String metric : metrics()) {
      int n = 0;
      for (double v : values(structureKey, metric)) {
        n += Double.isNaN(v) ? 0 : 1;
      }
      counts.put(metric, n);
    }
    return counts;
  }

  /**
   * Mean over the foreground structures of their means, metric by metric. A structure without a value,
   * because no case has it, is left out; NaN where all are. The background, where it is scored at all,
   * does not count.
   *
   * <p>Known difference: nnU-Net's foreground mean is NaN as soon as one structure has no value.
   */
  public Map<String, Double> foregroundMean() {
    Map<String, Double> means = new LinkedHashMap<>();
    List<Structure> foreground = structures.stream().filter(s -> !s.labels().equals(List.of(0)))
        .toList();
    for (String metric : metrics()) {
      means.put(metric, meanOfExisting(foreground.stream()
          .mapToDouble(s -> meanOfExisting(values(s.key(), metric))).toArray()));
    }
    return means;
  }

  /** Metric names in their order. */
  public List<String> metrics() {
    return cases.stream().flatMap(c -> c.byStructure().values().stream()).findFirst()
        .map(values -> List.copyOf(values.keySet())).orElse(List.of());
  }

  static double meanOfExisting(double[] values) {
    double sum = 0;
    int n = 0;
    for (double v : values) {
      if (!Double.isNaN(v)) {
        sum += v;
        n++;
      }
    }
    return n == 0 ? Double.NaN : sum / n;
  }
}
