package io.fiducia.report;

import io.fiducia.base.AtomicFiles;
import io.fiducia.core.Structure;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.stats.Bootstrap;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a report's figures for programs. */
public final class ReportJson {
  private ReportJson() {}

  private static Double orNull(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /**
   * Writes report.json and returns its {@code mean_dice}, the page's headline: the mean over structures
   * of their mean Dice over the cases that have one. Values that do not exist are null.
   */
  public static double write(ReportData data, int steps, String version, Path file) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    Headline headline = Headline.of(data.evaluation(), data.run().seed());
    put(root, headline.mean());
    root.put("n_structures", headline.structures());
    ObjectNode structures = root.putObject("structures");
    for (Structure s : Headline.foreground(data.evaluation())) {
      ObjectNode node = structures.putObject(s.name());
      put(node, Bootstrap.mean(data.evaluation().values(s.key(), "Dice"),
          ReportData.BOOTSTRAP_DRAWS, data.run().seed()));
      ObjectNode means = node.putObject("means");
      data.evaluation().mean(s.key()).forEach((m, v) -> means.put(m, orNull(v)));
    }
    root.put("minutes", data.run().seconds() / 60);
    root.put("steps", steps);
    root.put("peak_memory_mb", data.run().peakMemoryMb());
    ArrayNode phases = root.putArray("phases");
    data.run().phases()
        .forEach(p -> phases.addObject().put("name", p.name()).put("seconds", p.seconds())
            .put("peak_memory_mb", p.peakMemoryMb()));
    root.put("seed", data.run().seed());
    root.put("version", version);
    root.put("synthetic", data.heading().synthetic());
    ObjectNode facts = root.putObject("facts");
    data.run().facts().forEach(facts::put);
    ObjectNode cases = root.putObject("cases");
    for (CaseScores c : data.evaluation().cases()) {
      ObjectNode node = cases.putObject(c.id());
      Headline.foreground(data.evaluation())
          .forEach(s -> node.put(s.name(), orNull(Headline.dice(c, s))));
    }
    ArrayNode problems = root.putArray("problems");
    data.evaluation().problems()
        .forEach(p -> problems.addObject().put("case", p.caseId()).put("message", p.message()));
    AtomicFiles.writeString(file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    return headline.mean().mean();
  }

  private static void put(ObjectNode node, Bootstrap.Interval dice) {
    node.put("mean_dice", orNull(dice.mean())).put("ci_low", orNull(dice.low()))
        .put("ci_high", orNull(dice.high())).put("n", dice.n());
  }
}
