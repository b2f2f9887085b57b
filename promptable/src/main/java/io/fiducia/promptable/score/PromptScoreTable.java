package io.fiducia.promptable.score;

import io.fiducia.base.AtomicFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scores of promptable systems as tables of text, and their means. */
public final class PromptScoreTable {
  private PromptScoreTable() {}

  /**
   * Writes {@code case,structure,metric,value,unit,interactions,seconds} of one system: the columns of {@code
   * fiducia evaluate}'s metrics.csv and two more. A value that does not exist is an empty field.
   */
  public static void write(List<PromptScore> scores, String system, Path file) {
    StringBuilder text = new StringBuilder(
        "case,structure,metric,value,unit,interactions,seconds\n");
    scores.stream().filter(s -> s.system().equals(system)).forEach(s -> rows(text, s, ""));
    AtomicFiles.writeString(file, text.toString());
  }

  /** Writes the same table of all systems, with a first column {@code system}. */
  public static void writeAll(List<PromptScore> scores, Path file) {
    StringBuilder text = new StringBuilder(
        "system,case,structure,metric,value,unit,interactions,seconds\n");
    scores.forEach(s -> rows(text, s, field(s.system()) + ","));
    AtomicFiles.writeString(file, text.toString());
  }

  private static void rows(StringBuilder text, PromptScore s, String first) {
    // Dice and surface Dice are ratios: they have no unit.
    s.values().forEach((metric, value) -> text.append(first).append(field(s.caseId())).append(',')
        .append(field(s.structure())).append(',').append(metric).append(',')
        .append(Double.isNaN(value) ? "" : value.toString()).append(",,").append(s.interactions())
        .append(',').append(s.seconds()).append('\n'));
  }

  private static String field(String text) {
    return text.matches("[^,\"\\n\\r]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /**
   * The mean over all structures of all cases.
   *
   * @param system its name
   * @param interactions how many there were
   * @param n number of structures of cases
   * @param seconds mean of the estimated time
   * @param values means of the metrics; missing values do not count
   */
  public record Mean(String system, int interactions, int n, double seconds,
      Map<String, Double> values) {}

  /** The means of each system for each number of interactions, in the order of the scores. */
  public static List<Mean> means(List<PromptScore> scores) {
    Map<String, List<PromptScore>> groups = new LinkedHashMap<>();
    for (String system : scores.stream().map(PromptScore::system).distinct().toList()) {
      scores.stream().filter(s -> s.system().equals(system)).forEach(s -> groups
          .computeIfAbsent(system + "\n" + s.interactions(), k -> new ArrayList<>()).add(s));
    }
    List<Mean> means = new ArrayList<>();
    for (List<PromptScore> group : groups.values()) {
      Map<String, Double> values = new LinkedHashMap<>();
      for (String metric : group.getFirst().values().keySet()) {
        values.put(metric, group.stream().mapToDouble(s -> s.values().get(metric))
            .filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN));
      }
      means.add(new Mean(group.getFirst().system(), group.getFirst().interactions(), group.size(),
          group.stream().mapToDouble(PromptScore::seconds).average().orElseThrow(), values));
    }
    return means;
  }
}
