package io.fiducia.app.report;

import io.fiducia.base.AtomicFiles;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Structure;
import io.fiducia.metrics.stats.Bootstrap;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a report's figures for programs. */
public final class ReportJson {
  private ReportJson() {}

  private static Double orNull(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /**
   * Writes report.json and returns its {@code mean_dice}: the mean over structures of their mean Dice
   * over the cases that have one.
   */
  public static double write(ReportData data, int steps, long peakMemoryMb, String version,
      Path file) {
    JsonMapper json = JsonMapper.shared();
    ObjectNode root = json.createObjectNode();
    double mean = data.evaluation().foregroundMean().get("Dice");
    root.put("mean_dice", orNull(mean));
    ObjectNode structures = root.putObject("structures");
    for (Structure s : data.evaluation().structures()) {
      Bootstrap.Interval i = Bootstrap.mean(data.evaluation().values(s.key(), "Dice"),
          ReportData.BOOTSTRAP_DRAWS, data.seed());
      structures.putObject(s.name()).put("mean_dice", orNull(i.mean()))
          .put("ci_low", orNull(i.low())).put("ci_high", orNull(i.high())).put("n", i.n());
    }
    root.put("minutes", data.timings().values().stream().mapToDouble(s -> s).sum() / 60);
    root.put("steps", steps);
    root.put("peak_memory_mb", peakMemoryMb);
    root.put("seed", data.seed());
    root.put("version", version);
    ObjectNode seconds = root.putObject("seconds");
    data.timings().forEach(seconds::put);
    ObjectNode cases = root.putObject("cases");
    for (CaseScores c : data.evaluation().cases()) {
      ObjectNode node = cases.putObject(c.id());
      data.evaluation().structures()
          .forEach(s -> node.put(s.name(), orNull(c.byStructure().get(s.key()).get("Dice"))));
    }
    AtomicFiles.writeString(file,
        json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    return mean;
  }
}
