package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.app.commands.EvaluationTable;
import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.Evaluation;
import io.fiducia.nnunet.run.PredictionScores;
import java.nio.file.Path;
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
    Evaluation evaluation = PredictionScores.write(
        new PredictionScores.Request(references, predictions, datasetJson, plans, !chill), file,
        context.progress(), context.cancellation());
    EvaluationTable.print(evaluation, context);
    return evaluation.problems().isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }
}
