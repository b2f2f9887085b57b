package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.core.Structure;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Shows an evaluation's means: a table, or the one document of {@code --json}. */
public final class EvaluationTable {
  /** What the table shows if it was computed, in this order; metrics.csv holds the rest. */
  private static final List<String> SHOWN = List.of("Dice", "HD95_mm", "ASSD_mm", "NSD@2mm",
      "APL_mm", "volume_ref_cm3", "volume_difference_cm3");

  private EvaluationTable() {}

  /** Writes the means to standard output. */
  public static void print(Evaluation evaluation, Context context) {
    if (context.json()) {
      context.console().json(document(evaluation));
    } else {
      table(evaluation).forEach(context.console()::result);
    }
  }

  private static Map<String, Object> document(Evaluation evaluation) {
    Map<String, Object> document = new LinkedHashMap<>();
    Map<String, Object> byStructure = new LinkedHashMap<>();
    for (Structure s : evaluation.structures()) {
      byStructure.put(s.name(), Map.of("mean", evaluation.mean(s.key()), "n",
          evaluation.counts(s.key()), "not_annotated", evaluation.leftOut(s.key())));
    }
    document.put("structures", byStructure);
    document.put("foreground_mean", evaluation.foregroundMean());
    document.put("evaluated", evaluation.cases().size());
    document.put("problems", evaluation.problems().stream()
        .map(p -> Map.of("case", p.caseId(), "message", p.message())).toList());
    return document;
  }

  private static List<String> table(Evaluation evaluation) {
    List<String> columns = columns(evaluation.metrics());
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("structure"));
    columns.forEach(c -> head.add(c.replace("volume_ref_cm3", "volume cm3")
        .replace("volume_difference_cm3", "difference").replace("_mm", " mm")));
    head.add("cases");
    rows.add(head);
    List<String> missing = new ArrayList<>();
    for (Structure s : evaluation.structures()) {
      Map<String, Double> mean = evaluation.mean(s.key());
      Map<String, Integer> n = evaluation.counts(s.key());
      int cases = evaluation.cases().size() - evaluation.leftOut(s.key());
      List<String> row = new ArrayList<>(List.of(s.name()));
      for (String c : columns) {
        row.add(format(c, mean.get(c)));
        if (n.get(c) < cases) {
          missing.add(c + " of " + s.name() + ": " + n.get(c) + " of " + cases);
        }
      }
      row.add(Integer.toString(cases));
      rows.add(row);
    }
    if (evaluation.structures().size() > 1) {
      Map<String, Double> mean = evaluation.foregroundMean();
      List<String> row = new ArrayList<>(List.of("mean"));
      columns.forEach(c -> row.add(format(c, mean.get(c))));
      rows.add(row);
    }
    List<String> lines = aligned(rows);
    if (!missing.isEmpty()) {
      lines
          .add("Means are over the cases, and the last row over the structures, that have a value: "
              + String.join(", ", missing) + ".");
    }
    return lines;
  }

  private static List<String> columns(List<String> metrics) {
    List<String> shown = SHOWN.stream().filter(metrics::contains).toList();
    List<String> others = metrics.stream().filter(m -> !shown.contains(m))
        .filter(m -> shown.size() < 2 || m.startsWith("NSD@") || m.matches("HD[0-9.]+_mm"))
        .limit(8).toList();
    return Stream.concat(shown.stream(), others.stream())
        .sorted(java.util.Comparator.comparingInt(metrics::indexOf)).toList();
  }

  private static List<String> aligned(List<List<String>> rows) {
    int[] width = new int[rows.get(0).size()];
    rows.forEach(row -> {
      for (int i = 0; i < row.size(); i++) {
        width[i] = Math.max(width[i], row.get(i).length());
      }
    });
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(i == 0 ? "" : "  ")
            .append(
                String.format(Locale.ROOT, "%" + (i == 0 ? "-" : "") + width[i] + "s", row.get(i)));
      }
      lines.add(line.toString());
    }
    return lines;
  }

  private static String format(String metric, double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    String unit = EvaluationWriter.unit(metric);
    String form = metric.startsWith("volume_difference")
        ? "%+.3f"
        : unit.isEmpty() ? "%.4f" : unit.equals("mm") || unit.equals("cm3") ? "%.3f" : "%.1f";
    return String.format(Locale.ROOT, form, value);
  }
}
