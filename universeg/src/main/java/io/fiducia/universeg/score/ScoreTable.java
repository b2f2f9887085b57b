package io.fiducia.universeg.score;

import io.fiducia.base.AtomicFiles;
import io.fiducia.metrics.Metric;
import io.fiducia.metrics.MetricKind;
import io.fiducia.metrics.MetricSet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes cells as a table of text. */
public final class ScoreTable {
  private ScoreTable() {}

  /**
   * Writes {@code system,n,repeat,case,structure} and a column per metric, one row per structure of a
   * cell; an empty field where a value does not exist.
   */
  public static void write(List<ScoredCell> cells, Path file) {
    MetricSet set = StructureScoring.metrics();
    StringBuilder text = new StringBuilder("system,n,repeat,case,structure,")
        .append(set.metrics().stream().map(Metric::name).collect(Collectors.joining(",")))
        .append('\n');
    for (ScoredCell cell : cells) {
      cell.scores().forEach((structure, values) -> {
        text.append(field(cell.system())).append(',').append(cell.size()).append(',')
            .append(cell.repeat()).append(',').append(field(cell.caseId())).append(',')
            .append(field(structure));
        set.metrics().forEach(m -> text.append(',').append(number(m.kind(), m.name(), values)));
        text.append('\n');
      });
    }
    AtomicFiles.writeString(file, text.toString());
  }

  private static String number(MetricKind kind, String metric, Map<String, Double> values) {
    double value = values.getOrDefault(metric, Double.NaN);
    if (Double.isNaN(value)) {
      return "";
    }
    return kind.isCount() ? Long.toString((long) value) : Double.toString(value);
  }

  private static String field(String text) {
    boolean quote = Arrays.asList(",", "\"", "\n").stream().anyMatch(text::contains);
    return quote ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }

  /** Mean seconds per case of a system with one support size, over all cells that know it. */
  public static String seconds(List<ScoredCell> cells, String system, int size) {
    double mean = cells.stream().filter(c -> c.system().equals(system) && c.size() == size)
        .mapToDouble(ScoredCell::seconds).filter(Double::isFinite).average().orElse(Double.NaN);
    return Double.isNaN(mean) ? "" : String.format(Locale.ROOT, "%.1f", mean);
  }
}
