package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.stats.Bootstrap;
import io.fiducia.metrics.stats.ComparisonReport;
import io.fiducia.metrics.stats.ComparisonWriter;
import io.fiducia.metrics.stats.Covariates;
import io.fiducia.metrics.stats.ReferenceBands;
import io.fiducia.metrics.stats.ScoreReader;
import io.fiducia.metrics.stats.SystemComparison;
import io.fiducia.metrics.stats.SystemScores;
import io.fiducia.report.ComparePage;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fiducia compare}: paired statistics over evaluated folders. */
@Command(name = "compare", description = {
  "Compares systems that were evaluated on the same cases: which is better, and how certain this is.",
  "Reads metrics.csv or summary.json (nnU-Net's too) from each folder; writes compare.json and"
      + " compare.html."}, footer = {"", "Example:",
        "  fiducia compare scores/baseline scores/adapted -o comparison",
        "  fiducia compare A B C -o comparison --metrics Dice,HD95_mm --equivalence Dice=0.03"})
public final class CompareCommand extends FiduciaCommand {
  @Parameters(arity = "2..*", paramLabel = "FOLDER", description = "evaluated folders; the others are compared with the first, then with each other")
  private List<Path> folders;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for compare.json and compare.html")
  private Path output;

  @Option(names = "--metrics", split = ",", paramLabel = "NAME", description = "metrics, the primary one first (default: Dice, then all that have a better and a worse direction)")
  private List<String> metrics = List.of();

  @Option(names = "--equivalence", split = ",", paramLabel = "METRIC=MARGIN", description = "mean difference within which two systems count as equivalent, such as Dice=0.03")
  private Map<String, Double> margins = new LinkedHashMap<>();

  @Option(names = "--reference-band", paramLabel = "FILE", description = "agreement between people: a table with the columns structure,metric,low,high,source")
  private Path bands;

  @Option(names = "--covariates", paramLabel = "FILE", description = "a table of covariates (first column: the case); compares the metrics in subgroups")
  private Path covariates;

  @Option(names = "--labels", paramLabel = "FILE", description = "dataset.json that names the structures if a folder has only their numbers")
  private Path labels;

  @Option(names = "--draws", paramLabel = "N", defaultValue = ""
      + Bootstrap.DRAWS, description = "bootstrap draws per interval (default: ${DEFAULT-VALUE})")
  private int draws;

  @Mixin
  private OutputOption outputOption;

  @Override
  protected int run(Context context) {
    checkOptions();
    Path json = output.resolve("compare.json");
    Path page = output.resolve("compare.html");
    outputOption.check(json);
    outputOption.check(page);
    SystemComparison.Options options = new SystemComparison.Options(metrics, draws, context.seed(),
        margins, bands == null ? List.of() : ReferenceBands.read(bands),
        Optional.ofNullable(covariates).map(Covariates::read));
    List<SystemScores> systems = ScoreReader.read(folders, Optional.ofNullable(labels));
    ComparisonReport report = SystemComparison.compare(systems, options, context.progress(),
        context.cancellation());
    ComparisonWriter.write(report, json);
    ComparePage.write(report, page);
    report.problems().forEach(p -> context.console().warning(p.where() + ": " + p.message()));
    if (context.json()) {
      context.console().result(ComparisonWriter.document(report).toPrettyString());
    } else {
      CompareText.print(report, context);
      context.console().note("wrote " + json + " and " + page);
    }
    return report.problems().isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }

  private void checkOptions() {
    margins.forEach((metric, margin) -> {
      if (margin == null || !(margin > 0) || margin.isInfinite()) {
        throw usageError("--equivalence " + metric + ": expected a margin above zero, found "
            + margin);
      }
      if (!metrics.isEmpty() && !metrics.contains(metric)) {
        throw usageError("--equivalence " + metric + " is none of --metrics "
            + String.join(",", metrics));
      }
    });
    if (draws < Bootstrap.DRAWS) {
      throw usageError("--draws: expected at least " + Bootstrap.DRAWS + ", found " + draws);
    }
  }
}
