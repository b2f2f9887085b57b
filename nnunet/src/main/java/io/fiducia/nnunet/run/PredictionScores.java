package io.fiducia.nnunet.run;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
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

/** nnU-Net's scores of a folder of predictions. */
public final class PredictionScores {
  private PredictionScores() {}

  /**
   * What to score.
   *
   * @param references reference label maps
   * @param predictions label maps of the same names
   * @param dataset the dataset.json that names the labels
   * @param plans the model's plans.json, which name the reader
   * @param complete whether a reference without a prediction is an error
   */
  public record Request(Path references, Path predictions, Path dataset, Path plans,
      boolean complete) {}

  /**
   * Scores, and writes a summary.json.
   *
   * @param summary the file to write
   * @throws FiduciaException BAD_INPUT if a folder is missing, or a prediction where all are needed;
   *     problems with single cases are in the evaluation
   */
  public static Evaluation write(Request request, Path summary, Progress progress,
      Cancellation cancellation) {
    DatasetJson json = DatasetJson.read(request.dataset());
    json.warnings().forEach(progress::warning);
    LabelFiles maps = new LabelFiles(Plans.read(request.plans()).imageReaderWriter(),
        json.fileEnding());
    if (request.complete()) {
      checkComplete(request.references(), request.predictions(), json.fileEnding());
    }
    Evaluation evaluation = FolderEvaluator.evaluate(request.references(), request.predictions(),
        new FolderEvaluator.Options(StructureNames.read(request.dataset()),
            json.labelSet().ignore(), request.complete()).with(maps.format()),
        progress, cancellation);
    EvaluationWriter.writeSummary(evaluation, summary);
    evaluation.problems().forEach(p -> progress.warning(p.caseId() + ": " + p.message()));
    return evaluation;
  }

  private static void checkComplete(Path references, Path predictions, String ending) {
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
