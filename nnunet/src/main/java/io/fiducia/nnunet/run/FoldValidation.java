package io.fiducia.nnunet.run;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.StructureNames;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.AnnotatedStructures;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.infer.CascadeStages;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.infer.ModelOptions;
import io.fiducia.nnunet.infer.Predictor;
import io.fiducia.torch.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * nnU-Net's last step of a training: the fold's validation cases are segmented whole and scored, and
 * what a cascade's second stage needs of them is written.
 */
final class FoldValidation {
  /**
   * Cases to segment and score.
   *
   * @param references the reference label maps by case name
   * @param read reads a preprocessed case; called on other threads
   * @param annotation what each case has contours of
   */
  record Cases(Map<String, Path> references, Function<String, PreprocessedCase> read,
      AnnotatedStructures annotation) {
    static Cases none() {
      return new Cases(Map.of(), id -> {
        throw new IllegalStateException(id);
      }, AnnotatedStructures.complete());
    }
  }

  /** The scores, if there were cases, and the cases that could not be segmented. */
  record Outcome(Optional<Evaluation> scores, List<Predictor.Failure> failures) {
    static Outcome none() {
      return new Outcome(Optional.empty(), List.of());
    }
  }

  /**
   * The fold whose weights are used.
   *
   * @param mirrors whether the trainer mirrors, and so does the prediction
   */
  record Trained(Path model, String fold, boolean mirrors, DatasetJson json) {}

  private final Trained trained;
  private final Path model;
  private final DatasetJson json;
  private final FoldRequest.Validation how;
  private final Progress progress;
  private final Cancellation cancellation;

  FoldValidation(Trained trained, FoldRequest.Validation how, Progress progress,
      Cancellation cancellation) {
    this.trained = trained;
    this.model = trained.model();
    this.json = trained.json();
    this.how = how;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /** Segments and scores the cases. */
  Outcome run(Cases cases, CascadeStages stages, Device device) {
    if (cases.references().isEmpty()) {
      return Outcome.none();
    }
    Path out = model.resolve("fold_" + trained.fold()).resolve("validation");
    // What an earlier training left must not be scored as this one's.
    removeFiles(out);
    Predictor.Options options = Predictor.Options.of(ModelOptions.on(device)
        .withMirroring(trained.mirrors()).withFolds(List.of(trained.fold()))
        .withCheckpoint(how.checkpoint()))
        .withOverwrite(true).withProbabilities(how.probabilities());
    ModelFolder opened = ModelFolder.open(model);
    Predictor predictor = new Predictor(opened, options, stages, progress, cancellation);
    List<Predictor.Failure> failures = predictor
        .predictPrepared(List.copyOf(cases.references().keySet()), cases.read(), out);
    failures.forEach(f -> progress.warning(f.caseId() + ": " + f.error().getMessage()));
    LabelFiles maps = new LabelFiles(opened.plans().imageReaderWriter(), json.fileEnding());
    Evaluation evaluation = annotated(FolderEvaluator.evaluate(cases.references(), out,
        new FolderEvaluator.Options(StructureNames.read(model.resolve("dataset.json")),
            json.labelSet().ignore(), true).with(maps.format()),
        progress, cancellation), cases.annotation());
    EvaluationWriter.writeSummary(evaluation, out.resolve("summary.json"));
    evaluation.problems().forEach(p -> progress.warning(p.caseId() + ": " + p.message()));
    return new Outcome(Optional.of(evaluation), failures);
  }

  /** The scores without those of structures that a case has no contours of. */
  private Evaluation annotated(Evaluation evaluation, AnnotatedStructures annotation) {
    List<String> names = json.labelSet().foregroundNames();
    List<CaseScores> cases = new ArrayList<>();
    for (CaseScores c : evaluation.cases()) {
      Map<String, Map<String, Double>> scores = new LinkedHashMap<>(c.byStructure());
      annotation.of(c.id()).ifPresent(known -> scores.replaceAll((key, values) -> {
        String name = evaluation.structures().stream().filter(s -> s.key().equals(key))
            .map(s -> s.name()).findFirst().orElse("");
        return names.contains(name) && !known.contains(number(name)) ? missing(values) : values;
      }));
      cases.add(new CaseScores(c.id(), c.reference(), c.prediction(), scores));
    }
    return new Evaluation(evaluation.structures(), cases, evaluation.referenceCount(),
        evaluation.predictionCount(), evaluation.problems());
  }

  private int number(String structure) {
    return json.labelSet().classNumber(structure).orElseThrow();
  }

  private static Map<String, Double> missing(Map<String, Double> values) {
    Map<String, Double> nothing = new LinkedHashMap<>(values);
    nothing.replaceAll((metric, v) -> Double.NaN);
    return nothing;
  }

  private static void removeFiles(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(folder, e);
    }
  }
}
