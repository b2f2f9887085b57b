package io.fiducia.nnunet.select;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.StructureNames;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.DatasetJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The validation cases of a model's folds, gathered in one folder and scored together. */
final class CrossValidation {
  /** Folder of post-processed label maps inside of the folder that they come from. */
  static final String POSTPROCESSED = "postprocessed";

  private final Map<String, Path> references;
  private final Progress progress;
  private final Cancellation cancellation;

  CrossValidation(Map<String, Path> references, Progress progress, Cancellation cancellation) {
    this.references = references;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /** The folds as nnU-Net writes them in folder names: 0_1_2_3_4. */
  static String text(List<String> folds) {
    return String.join("_", folds);
  }

  /**
   * Gathers and scores a model's validation cases in {@code crossval_results_folds_...}.
   *
   * @param overwrite whether the folder is created again; otherwise existing files stay
   */
  Evaluation gather(Path model, List<String> folds, boolean overwrite) {
    Path out = folder(model, folds);
    if (overwrite) {
      remove(out);
    }
    DatasetJson dataset = DatasetJson.read(model.resolve("dataset.json"));
    LabelFiles maps = LabelFiles.of(model);
    copyDescription(model, out);
    Map<String, Path> cases = new TreeMap<>();
    for (String fold : folds) {
      maps.in(validation(model, fold)).forEach((id, file) -> {
        Path twin = cases.put(id, file);
        if (twin != null) {
          throw FiduciaException.badInput("a case was validated in two folds", model,
              "case " + id + " in " + twin.getParent().getParent().getFileName() + " and fold_"
                  + fold,
              "all folds must come from the same splits_final.json: train them again");
        }
      });
    }
    FileNames.checkApart(cases.keySet(), out, progress);
    cases.forEach((id, file) -> {
      Path target = out.resolve(file.getFileName());
      if (overwrite || !Files.exists(target)) {
        maps.copy(file, target);
      }
    });
    return score(out, dataset, maps);
  }

  static Path folder(Path model, List<String> folds) {
    return model.resolve("crossval_results_folds_" + text(folds));
  }

  /** A fold's folder of validation cases. @throws FiduciaException BAD_INPUT if it is not there */
  static Path validation(Path model, String fold) {
    Path folder = model.resolve("fold_" + fold).resolve("validation");
    if (!Files.isDirectory(folder)) {
      throw FiduciaException.badInput("a fold is not trained or not validated", folder,
          "no such folder", "train this fold to its end, or name the folds with -f");
    }
    return folder;
  }

  /** Averages two models' validation cases in {@code out} and scores them. */
  Evaluation ensemble(Path first, Path second, List<String> folds, Path out, boolean overwrite) {
    DatasetJson dataset = DatasetJson.read(first.resolve("dataset.json"));
    LabelFiles maps = LabelFiles.of(first);
    Map<String, List<Path>> cases = new TreeMap<>();
    for (Path model : List.of(first, second)) {
      for (String fold : folds) {
        Path folder = validation(model, fold);
        List<String> here = Ensemble.cases(folder);
        if (here.isEmpty()) {
          throw FiduciaException.badInput("a fold has no probabilities of its validation cases",
              folder, "expected files CASE.npz",
              "validate it again: fiducia nnunet train ... --val --npz, or give"
                  + " --disable_ensembling");
        }
        here.forEach(id -> cases.computeIfAbsent(id, k -> new ArrayList<>()).add(folder));
      }
    }
    List<String> odd = cases.entrySet().stream().filter(e -> e.getValue().size() != 2)
        .map(Map.Entry::getKey).toList();
    if (!odd.isEmpty()) {
      throw FiduciaException.badInput("two models did not validate the same cases",
          first.getFileName() + " and " + second.getFileName(),
          odd.size() + " cases are not in both once, " + odd.get(0) + " first",
          "validate all folds of both with --npz");
    }
    if (overwrite) {
      remove(out);
    }
    new Ensemble(dataset.labelSet(), maps).run(cases, out, false, overwrite, progress,
        cancellation);
    copyDescription(first, out);
    return score(out, dataset, maps);
  }

  /** Scores a folder as nnU-Net does and writes its summary.json. */
  Evaluation score(Path folder, DatasetJson dataset, LabelFiles maps) {
    // An earlier choice's; a folder of label maps would be taken for a case.
    remove(folder.resolve(POSTPROCESSED));
    Map<String, Path> predicted = maps.in(folder);
    Map<String, Path> known = references.entrySet().stream()
        .filter(e -> predicted.containsKey(e.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a,
            LinkedHashMap::new));
    Evaluation evaluation = FolderEvaluator.evaluate(known, folder,
        new FolderEvaluator.Options(StructureNames.read(dataset.file()),
            dataset.labelSet().ignore(), true).with(maps.format()),
        progress, cancellation);
    if (!evaluation.problems().isEmpty()) {
      Evaluation.Problem problem = evaluation.problems().get(0);
      throw FiduciaException.badInput("a validation case cannot be scored",
          folder.resolve(problem.caseId() + maps.ending()), problem.message(),
          "restore the reference, or validate the fold again");
    }
    EvaluationWriter.writeSummary(evaluation, folder.resolve("summary.json"));
    return evaluation;
  }

  private static void copyDescription(Path model, Path out) {
    for (String name : List.of("plans.json", "dataset.json")) {
      AtomicFiles.write(out.resolve(name), o -> Files.copy(model.resolve(name), o));
    }
  }

  static void remove(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(folder, e);
    }
  }
}
