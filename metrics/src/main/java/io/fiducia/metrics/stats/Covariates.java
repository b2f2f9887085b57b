package io.fiducia.metrics.stats;

import io.fiducia.base.FiduciaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What is known of each case besides its images: scanner, age, prosthesis. A table whose first
 * column is the case.
 */
public final class Covariates {
  /** A covariate of text with more values than this is a note, not a grouping. */
  static final int MOST_GROUPS = 12;

  /** A covariate of numbers with more values than this is cut into thirds. */
  private static final int MOST_NUMBERS = 6;

  private final List<String> names;
  private final Map<String, Map<String, String>> byCase;

  private Covariates(List<String> names, Map<String, Map<String, String>> byCase) {
    this.names = List.copyOf(names);
    this.byCase = byCase;
  }

  /**
   * Reads a CSV file.
   *
   * @throws FiduciaException BAD_INPUT if it has no covariate, or a case twice
   */
  public static Covariates read(Path file) {
    CsvTable table = CsvTable.read(file);
    if (table.header().size() < 2 || table.rows().isEmpty()) {
      throw FiduciaException.badInput("no covariates", file,
          "expected a first column of cases, and at least one more column and one row",
          "write a table such as: case,scanner,age");
    }
    Map<String, Map<String, String>> byCase = new LinkedHashMap<>();
    for (CsvTable.Row row : table.rows()) {
      Map<String, String> values = new LinkedHashMap<>();
      for (int c = 1; c < table.header().size(); c++) {
        values.put(table.header().get(c), row.fields().get(c));
      }
      String caseId = CaseNames.ofTable(row.fields().get(0));
      if (byCase.put(caseId, values) != null) {
        throw FiduciaException.badInput("one case twice", file + ", line " + row.line(),
            caseId + " stands there a second time", "keep one row a case");
      }
    }
    return new Covariates(table.header().subList(1, table.header().size()), byCase);
  }

  public List<String> names() {
    return names;
  }

  public boolean has(String caseId) {
    return byCase.containsKey(caseId);
  }

  /**
   * Cases by one covariate.
   *
   * @param groups group to cases, in order; empty if the covariate cannot group
   * @param unstated cases whose covariate is not known
   * @param why why there are no groups; empty where there are
   */
  public record Grouping(String covariate, Map<String, List<String>> groups, List<String> unstated,
      String why) {
    public Grouping {
      groups = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(groups));
      unstated = List.copyOf(unstated);
    }
  }

  /**
   * Groups cases: text and few different numbers by their value, more numbers into thirds of the
   * cases given.
   */
  public Grouping group(String covariate, Iterable<String> cases) {
    Map<String, String> known = new LinkedHashMap<>();
    List<String> unstated = new ArrayList<>();
    for (String c : cases) {
      String value = byCase.getOrDefault(c, Map.of()).getOrDefault(covariate, "");
      if (value.isEmpty()) {
        unstated.add(c);
      } else {
        known.put(c, value);
      }
    }
    boolean numbers = known.values().stream().allMatch(v -> number(v).isPresent());
    long different = known.values().stream().distinct().count();
    Map<String, List<String>> groups = new TreeMap<>();
    if (numbers && different > MOST_NUMBERS) {
      groups = thirds(known);
    } else if (different > MOST_GROUPS) {
      return new Grouping(covariate, Map.of(), unstated, different + " different values of "
          + known.size() + " cases make no groups");
    } else {
      if (numbers) {
        groups = new TreeMap<>(java.util.Comparator
            .comparingDouble((String v) -> Double.parseDouble(v)).thenComparing(v -> v));
      }
      for (var entry : known.entrySet()) {
        groups.computeIfAbsent(entry.getValue(), k -> new ArrayList<>()).add(entry.getKey());
      }
    }
    return new Grouping(covariate, groups, unstated,
        groups.isEmpty() ? "no case has a value" : "");
  }

  /** Three groups of about the same size; equal numbers stay together. */
  private static Map<String, List<String>> thirds(Map<String, String> known) {
    double[] sorted = known.values().stream().mapToDouble(Double::parseDouble).sorted().toArray();
    double first = Quantiles.of(sorted, 1 / 3.0);
    double second = Quantiles.of(sorted, 2 / 3.0);
    List<List<String>> cases = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    known.forEach((c, text) -> {
      double v = Double.parseDouble(text);
      cases.get(v <= first ? 0 : v <= second ? 1 : 2).add(c);
    });
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (List<String> third : cases) {
      if (!third.isEmpty()) {
        double[] values = third.stream().mapToDouble(c -> Double.parseDouble(known.get(c))).sorted()
            .toArray();
        groups.put(plain(values[0]) + " to " + plain(values[values.length - 1]), third);
      }
    }
    return groups;
  }

  private static OptionalDouble number(String text) {
    try {
      double v = Double.parseDouble(text);
      return Double.isFinite(v) ? OptionalDouble.of(v) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static String plain(double v) {
    return v == Math.rint(v) && Math.abs(v) < 1e9
        ? Long.toString((long) v)
        : String.format(Locale.ROOT, "%.4g", v);
  }
}
