package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.Structure;
import io.fiducia.metrics.StructureNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fiducia evaluate}: scores predicted label maps against references. */
@Command(name = "evaluate", description = "Scores a folder of contours against a folder of references.", footer = {
  "", "Example:", "  fiducia evaluate -r labelsTs -p predictions -o scores"})
public final class EvaluateCommand extends FiduciaCommand {
  @Option(names = {"-r",
    "--reference"}, required = true, paramLabel = "DIR", description = "reference label maps")
  private Path references;

  @Option(names = {"-p",
    "--prediction"}, required = true, paramLabel = "DIR", description = "predicted label maps")
  private Path predictions;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "where summary.json and metrics.csv go")
  private Path output;

  @Option(names = "--labels", paramLabel = "FILE", description = "dataset.json that names the structures (default: the one beside the references, or one folder above)")
  private Path labels;

  @Option(names = "--overwrite", description = "replace results that are there")
  private boolean overwrite;

  @Override
  protected int run(Context context) {
    Path summary = output.resolve("summary.json");
    Path table = output.resolve("metrics.csv");
    for (Path result : List.of(summary, table)) {
      if (Files.exists(result) && !overwrite) {
        throw FiduciaException.badInput("there is a result already", result,
            "existing results are not overwritten",
            "choose another folder with -o, or --overwrite");
      }
    }
    Optional<Path> names = labels != null ? Optional.of(labels) : StructureNames.find(references);
    List<Structure> structures = names.map(StructureNames::read).orElse(List.of());
    OptionalInt ignore = names.map(StructureNames::ignoreLabel).orElse(OptionalInt.empty());
    Evaluation evaluation = FolderEvaluator.evaluate(references, predictions,
        new FolderEvaluator.Options(structures, ignore, true), context.progress(),
        context.cancellation());
    EvaluationWriter.writeSummary(evaluation, summary);
    EvaluationWriter.writeCsv(evaluation, table);
    for (Evaluation.Problem p : evaluation.problems()) {
      context.console().warning(p.caseId() + ": " + p.message());
    }
    print(evaluation, context);
    return evaluation.problems().isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }

  /** Shows the means: a table, or the one document of {@code --json}. */
  public static void print(Evaluation evaluation, Context context) {
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      Map<String, Object> byStructure = new LinkedHashMap<>();
      evaluation.structures()
          .forEach(s -> byStructure.put(s.name(), Map.of("mean", evaluation.mean(s.key()), "n",
              evaluation.counts(s.key()))));
      document.put("structures", byStructure);
      document.put("foreground_mean", evaluation.foregroundMean());
      document.put("evaluated", evaluation.cases().size());
      document.put("problems", evaluation.problems().stream()
          .map(p -> Map.of("case", p.caseId(), "message", p.message())).toList());
      context.console().json(document);
      return;
    }
    int width = Math.max(9,
        evaluation.structures().stream().mapToInt(s -> s.name().length()).max().orElse(9));
    context.console()
        .result(String.format(Locale.ROOT, "%-" + width + "s  %8s  %8s  %12s  %12s  %5s",
            "structure", "Dice", "IoU", "volume cm3", "difference", "cases"));
    for (Structure s : evaluation.structures()) {
      Map<String, Double> m = evaluation.mean(s.key());
      context.console()
          .result(String.format(Locale.ROOT, "%-" + width + "s  %8.4f  %8.4f  %12.3f  %+12.3f  %5d",
              s.name(), m.get("Dice"), m.get("IoU"), m.get("volume_ref_cm3"),
              m.get("volume_difference_cm3"), evaluation.counts(s.key()).get("Dice")));
    }
    context.console().result(String.format(Locale.ROOT, "%-" + width + "s  %8.4f", "mean",
        evaluation.foregroundMean().get("Dice")));
  }
}
