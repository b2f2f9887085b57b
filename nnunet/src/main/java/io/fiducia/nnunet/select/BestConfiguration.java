package io.fiducia.nnunet.select;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.StructureNames;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.DatasetJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * nnU-Net's choice among trained models: each alone and each pair averaged, scored on the
 * cross-validation by the mean Dice of the foreground; then the post-processing of the best one.
 */
public final class BestConfiguration {
  /** A trained model by the names of nnU-Net's folder {@code TRAINER__PLANS__CONFIGURATION}. */
  public record Model(String trainer, String plans, String configuration) {
    /** The folder's name. */
    public String identifier() {
      return trainer + "__" + plans + "__" + configuration;
    }
  }

  /**
   * What was found.
   *
   * @param scores mean Dice of every model and pair, in the order in which they were tried
   * @param best the models to predict with: one, or two to average
   * @param folder where the best one's cross-validation lies, with its postprocessing.pkl
   * @param before its mean Dice
   * @param after its mean Dice after post-processing
   */
  public record Choice(Map<String, Double> scores, List<Model> best, Path folder, double before,
      double after, List<PostprocessingStep> steps) {}

  private final Path results;
  private final Path references;
  private final List<String> folds;
  private final boolean overwrite;
  private final Progress progress;
  private final Cancellation cancellation;

  /**
   * @param results the dataset's folder of trained models
   * @param references the folder of reference label maps
   * @param overwrite whether the results of an earlier choice are replaced
   */
  public BestConfiguration(Path results, Path references, List<String> folds, boolean overwrite,
      Progress progress, Cancellation cancellation) {
    this.results = results;
    this.references = references;
    this.folds = List.copyOf(folds);
    this.overwrite = overwrite;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Scores the models, and their pairs if asked for, and decides on post-processing.
   *
   * @throws FiduciaException BAD_INPUT if a model or a fold is missing, or no score exists
   */
  public Choice choose(List<Model> models, boolean pairs) {
    for (Model m : models) {
      if (!Files.isDirectory(results.resolve(m.identifier()))) {
        throw FiduciaException.badInput("a model is not trained",
            results.resolve(m.identifier()), "no such folder",
            "train all requested folds, or name the configurations with -c");
      }
    }
    Map<String, Evaluation> evaluations = new LinkedHashMap<>();
    Map<String, Path> folders = new LinkedHashMap<>();
    Map<String, List<Model>> members = new LinkedHashMap<>();
    Path any = results.resolve(models.get(0).identifier());
    DatasetJson dataset = DatasetJson.read(any.resolve("dataset.json"));
    CrossValidation validation = new CrossValidation(LabelFiles.of(any).in(references), progress,
        cancellation);
    for (Model m : models) {
      Path folder = results.resolve(m.identifier());
      evaluations.put(m.identifier(), validation.gather(folder, folds, overwrite));
      folders.put(m.identifier(), CrossValidation.folder(folder, folds));
      members.put(m.identifier(), List.of(m));
    }
    for (int i = 0; pairs && i < models.size(); i++) {
      for (int j = i + 1; j < models.size(); j++) {
        Model a = models.get(i);
        Model b = models.get(j);
        String name = "ensemble___" + a.identifier() + "___" + b.identifier() + "___"
            + CrossValidation.text(folds);
        Path out = results.resolve("ensembles").resolve(name);
        evaluations.put(name, validation.ensemble(results.resolve(a.identifier()),
            results.resolve(b.identifier()), folds, out, overwrite));
        folders.put(name, out);
        members.put(name, List.of(a, b));
      }
    }
    Map<String, Double> scores = new LinkedHashMap<>();
    evaluations.forEach((name, evaluation) -> scores.put(name, dice(evaluation)));
    String best = best(scores);
    return postprocessed(scores, members.get(best), folders.get(best), dataset, validation,
        evaluations.get(best));
  }

  /** The first of the highest: single models come before pairs, and are simpler. */
  private static String best(Map<String, Double> scores) {
    String best = "";
    for (Map.Entry<String, Double> e : scores.entrySet()) {
      if (!Double.isNaN(e.getValue())
          && (best.isEmpty() || e.getValue() > scores.get(best))) {
        best = e.getKey();
      }
    }
    if (best.isEmpty()) {
      throw FiduciaException.badInput("no model has a score", String.join(", ", scores.keySet()),
          "no structure is in any reference or prediction, so that no Dice exists",
          "check that the references are those of the predictions and hold labels");
    }
    return best;
  }

  private Choice postprocessed(Map<String, Double> scores, List<Model> best, Path folder,
      DatasetJson dataset, CrossValidation validation, Evaluation plain) {
    LabelFiles maps = LabelFiles.of(folder);
    Map<String, Path> predictions = maps.in(folder);
    List<PostprocessingStep> steps = new PostprocessingSearch(maps, maps.in(references),
        predictions, dataset.labelSet(), StructureNames.read(dataset.file()), progress,
        cancellation).search();
    Path out = folder.resolve(CrossValidation.POSTPROCESSED);
    PostprocessingSearch.apply(maps, predictions, steps, out, progress, cancellation);
    Evaluation after = validation.score(out, dataset, maps);
    PostprocessingSearch.write(folder, steps, plain, after);
    return new Choice(scores, new ArrayList<>(best), folder, dice(plain), dice(after), steps);
  }

  private static double dice(Evaluation evaluation) {
    return evaluation.foregroundMean().get("Dice");
  }
}
