package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.app.commands.EvaluationTable;
import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.StructureNames;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.plan.Plans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fiducia nnunet evaluate}: nnU-Net's scores of a folder of predictions. */
@Command(name = "evaluate", description = "Scores a folder of predictions and writes summary.json.", footer = {
  "", "Example:",
  "  fiducia nnunet evaluate labelsTs predictions -djfile dataset.json -pfile plans.json"})
public final class NnunetEvaluateCommand extends FiduciaCommand {
  @Parameters(index = "0", paramLabel = "GT_FOLDER", description = "reference label maps")
  private Path references;

  @Parameters(index = "1", paramLabel = "PRED_FOLDER", description = "predicted label maps")
  private Path predictions;

  @Option(names = "-djfile", required = true, paramLabel = "FILE", description = "the dataset.json that names the labels")
  private Path datasetJson;

  @Option(names = "-pfile", required = true, paramLabel = "FILE", description = "the model's plans.json")
  private Path plans;

  @Option(names = {"-o",
    "--output"}, paramLabel = "FILE", description = "the file to write (default: PRED_FOLDER/summary.json)")
  private Path summary;

  @Option(names = "-np", paramLabel = "N", description = "accepted for compatibility with nnU-Net; no effect, see --threads")
  private Integer workers;

  @Option(names = "--chill", description = "accept references without a prediction")
  private boolean chill;

  @Mixin
  private OutputOption output;

  @Override
  protected int run(Context context) {
    Path file = summary == null ? predictions.resolve("summary.json") : summary;
    output.check(file);
    DatasetJson json = DatasetJson.read(datasetJson);
    LabelFiles maps = new LabelFiles(Plans.read(plans).imageReaderWriter(), json.fileEnding());
    if (!chill) {
      checkComplete(json.fileEnding());
    }
    Evaluation evaluation = FolderEvaluator.evaluate(references, predictions,
        new FolderEvaluator.Options(StructureNames.read(datasetJson), json.labelSet().ignore(),
            !chill).with(maps.format()),
        context.progress(), context.cancellation());
    EvaluationWriter.writeSummary(evaluation, file);
    evaluation.problems()
        .forEach(p -> context.console().warning(p.caseId() + ": " + p.message()));
    EvaluationTable.print(evaluation, context);
    return evaluation.problems().isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }

  private void checkComplete(String ending) {
    if (!Files.isDirectory(references)) {
      throw FiduciaException.badInput("no such folder", references,
          "expected a folder of label maps", "check the path");
    }
    try (Stream<Path> files = Files.list(references)) {
      List<String> missing = files.map(f -> f.getFileName().toString())
          .filter(n -> n.endsWith(ending) && !n.startsWith("."))
          .filter(n -> !Files.exists(predictions.resolve(n))).sorted().toList();
      if (!missing.isEmpty()) {
        throw FiduciaException.badInput("predictions are missing", predictions,
            missing.size() + " references have none, " + missing.get(0) + " first",
            "predict them, or give --chill to score the others");
      }
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder", references, String.valueOf(e),
          "check that it may be read", e);
    }
  }
}
