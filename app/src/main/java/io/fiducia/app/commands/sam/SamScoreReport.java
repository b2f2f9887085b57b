package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Console;
import io.fiducia.promptable.score.PromptScoreTable;
import io.fiducia.promptable.score.PromptScoring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes and shows what scoring against the number of interactions gave. */
record SamScoreReport(PromptScoring.Result result) {
  /** Where the results go: the model's table, and that of all systems. */
  record Tables(Path metrics, Path systems) {
    static Tables in(Path folder) {
      return new Tables(folder.resolve("metrics.csv"), folder.resolve("systems.csv"));
    }
  }

  /** Writes both tables; metrics.csv last, because its presence says that the scoring is finished. */
  void write(Tables tables) {
    PromptScoreTable.writeAll(result.scores(), tables.systems());
    PromptScoreTable.write(result.scores(), SamScoreRun.SYSTEM, tables.metrics());
  }

  /** The document of {@code --json}: the means of every system for every number of interactions. */
  Map<String, Object> document() {
    List<Map<String, Object>> systems = new ArrayList<>();
    for (PromptScoreTable.Mean mean : PromptScoreTable.means(result.scores())) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("system", mean.system());
      row.put("interactions", mean.interactions());
      row.put("n", mean.n());
      row.put("seconds", mean.seconds());
      row.putAll(mean.values());
      systems.add(row);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("systems", systems);
    document.put("problems", result.problems());
    return document;
  }

  /** A row for each system and number of interactions. */
  void print(Console console) {
    List<PromptScoreTable.Mean> means = PromptScoreTable.means(result.scores());
    List<String> metrics = List.copyOf(means.getFirst().values().keySet());
    StringBuilder head = new StringBuilder(
        String.format(Locale.ROOT, "%-22s %12s %8s", "system", "interactions", "seconds"));
    metrics.forEach(m -> head.append(String.format(Locale.ROOT, " %8s", m)));
    console.result(head.toString());
    for (PromptScoreTable.Mean mean : means) {
      StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-22s %12d %8.1f",
          mean.system(), mean.interactions(), mean.seconds()));
      metrics.forEach(m -> row.append(String.format(Locale.ROOT, " %8.3f", mean.values().get(m))));
      console.result(row.toString());
    }
  }
}
