package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.Console;
import io.fiducia.base.AtomicFiles;
import io.fiducia.metrics.stats.Figures;
import io.fiducia.metrics.stats.LearningCurve;
import io.fiducia.metrics.stats.LearningCurveText;
import io.fiducia.metrics.stats.LearningCurveWriter;
import io.fiducia.report.LearningCurveChart;
import io.fiducia.report.LearningCurvePage;
import io.fiducia.universeg.score.ScoreTable;
import io.fiducia.universeg.score.SupportScoring;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes and shows what scoring against the number of support cases gave. */
record ScoreReport(LearningCurve curve, SupportScoring.Result result,
    LearningCurvePage.About about, Map<String, Object> settings) {
  /** Where the results go. */
  record Files(Path table, Path curve, Path picture, Path page) {
    static Files in(Path folder) {
      return new Files(folder.resolve("metrics.csv"), folder.resolve("curve.json"),
          folder.resolve("curve.svg"), folder.resolve("report.html"));
    }

    List<Path> all() {
      return List.of(table, curve, picture, page);
    }
  }

  /** Writes all files; metrics.csv last, because its presence says that the scoring is finished. */
  void write(Files files) {
    AtomicFiles.writeString(files.curve(), JsonMapper.shared().writerWithDefaultPrettyPrinter()
        .writeValueAsString(document()) + "\n");
    AtomicFiles.writeString(files.picture(),
        LearningCurveChart.svg(curve, curve.metrics().get(0)) + "\n");
    LearningCurvePage.write(curve, about, files.page());
    ScoreTable.write(result.cells(), files.table());
  }

  /** The document of curve.json. */
  ObjectNode document() {
    ObjectNode root = JsonMapper.shared().valueToTree(settings);
    result.problems().forEach(root.putArray("problems")::add);
    root.setAll(LearningCurveWriter.document(curve));
    return root;
  }

  /** A row per number of cases, and the findings as a sentence. */
  void print(Console console) {
    String metric = curve.metrics().get(0);
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-8s", "support"));
    for (String system : curve.systems()) {
      head.append(String.format(Locale.ROOT, "  %-26s", shortened(metric + " " + system)));
    }
    console.result(head.toString().stripTrailing());
    for (int size : curve.sizes()) {
      StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%7d ", size));
      for (String system : curve.systems()) {
        row.append(String.format(Locale.ROOT, "  %-26s", cell(system, metric, size)));
      }
      console.result(row.toString().stripTrailing());
    }
    console.result(LearningCurveText.sentence(curve));
    List<String> times = new ArrayList<>();
    for (int size : curve.sizes(curve.system())) {
      String seconds = ScoreTable.seconds(result.cells(), curve.system(), size);
      if (!seconds.isEmpty()) {
        times.add(seconds + " s with " + size);
      }
    }
    console.note("time of " + curve.system() + " for a test case: " + String.join(", ", times));
  }

  private String cell(String system, String metric, int size) {
    Optional<LearningCurve.Point> point = curve.point(system, curve.structures().get(0), metric,
        size);
    return point.map(p -> Figures.value(metric, p.mean().mean()) + (p.mean().n() < 2
        ? ""
        : " (" + Figures.range(metric, p.mean().low(), p.mean().high()) + ")")).orElse("–");
  }

  private static String shortened(String text) {
    return text.length() <= 26 ? text : text.substring(0, 25) + "…";
  }
}
