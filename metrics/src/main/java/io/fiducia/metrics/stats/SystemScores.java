package io.fiducia.metrics.stats;

import io.fiducia.core.Structure;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The scores of one system: a value per structure, metric and case. */
public final class SystemScores {
  private static final List<String> HEADLINE = List.of("Dice", "NSD@", "HD95_mm");

  private final String name;
  private final Map<String, Map<String, Map<String, Double>>> values;
  private final Set<String> cases;
  private final Set<String> metrics = new LinkedHashSet<>();

  /**
   * Wraps scores.
   *
   * @param values structure to metric to case to value, NaN where a value does not exist
   * @param cases every case that was evaluated, also those without any value
   */
  SystemScores(String name, Map<String, Map<String, Map<String, Double>>> values,
      Set<String> cases) {
    this.name = name;
    this.values = values;
    this.cases = Collections.unmodifiableSet(new LinkedHashSet<>(cases));
    values.values().forEach(m -> metrics.addAll(m.keySet()));
  }

  /** The scores of an evaluation, structures by their names. */
  public static SystemScores of(String name, Evaluation evaluation) {
    Builder builder = new Builder();
    Map<String, String> names = new LinkedHashMap<>();
    for (Structure s : evaluation.structures()) {
      names.put(s.key(), s.name());
    }
    for (CaseScores c : evaluation.cases()) {
      builder.addCase(c.id());
      c.byStructure().forEach((key, scores) -> scores.forEach(
          (metric, value) -> builder.put(names.getOrDefault(key, key), metric, c.id(), value)));
    }
    return builder.build(name);
  }

  public String name() {
    return name;
  }

  /** Cases in the order in which they were found. */
  public Set<String> cases() {
    return cases;
  }

  public List<String> structures() {
    return new ArrayList<>(values.keySet());
  }

  public List<String> metrics() {
    return new ArrayList<>(metrics);
  }

  public boolean has(String structure, String metric) {
    return values.getOrDefault(structure, Map.of()).containsKey(metric);
  }

  /** Whether a metric was looked at in a case, even if it had no value there. */
  boolean scored(String structure, String metric, String caseId) {
    return values.getOrDefault(structure, Map.of()).getOrDefault(metric, Map.of())
        .containsKey(caseId);
  }

  /** The few metrics that are shown first: overlap, surface, distance, as far as they are there. */
  public List<String> headline() {
    return headline(metrics());
  }

  /** The few among some metrics that are shown first; the first of all if there is none of them. */
  static List<String> headline(List<String> metrics) {
    List<String> first = new ArrayList<>();
    for (String wanted : HEADLINE) {
      metrics.stream().filter(m -> wanted.endsWith("@") ? m.startsWith(wanted) : m.equals(wanted))
          .findFirst().ifPresent(first::add);
    }
    return first.isEmpty() ? metrics.subList(0, Math.min(1, metrics.size())) : first;
  }

  /** A value; NaN where there is none, and where it is not finite. */
  public double value(String structure, String metric, String caseId) {
    double v = values.getOrDefault(structure, Map.of()).getOrDefault(metric, Map.of())
        .getOrDefault(caseId, Double.NaN);
    return Double.isFinite(v) ? v : Double.NaN;
  }

  /** The same scores with structures renamed; names that the map lacks stay. */
  SystemScores renamed(Map<String, String> names) {
    Map<String, Map<String, Map<String, Double>>> copy = new LinkedHashMap<>();
    values.forEach((key, v) -> copy.put(names.getOrDefault(key, key), v));
    return new SystemScores(name, copy, cases);
  }

  /** Collects values one by one. */
  static final class Builder {
    private final Map<String, Map<String, Map<String, Double>>> values = new LinkedHashMap<>();
    private final Set<String> cases = new LinkedHashSet<>();

    void addCase(String caseId) {
      cases.add(caseId);
    }

    /** Adds a value; false if there is one already. */
    boolean put(String structure, String metric, String caseId, double value) {
      cases.add(caseId);
      return values.computeIfAbsent(structure, k -> new LinkedHashMap<>())
          .computeIfAbsent(metric, k -> new LinkedHashMap<>()).put(caseId, value) == null;
    }

    SystemScores build(String name) {
      return new SystemScores(name, values, cases);
    }
  }
}
