package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.StructureNames;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.AnnotatedStructures;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.RawCase;
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
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * nnU-Net's last step of a training: the fold's validation cases are segmented whole and scored, and
 * what a cascade's second stage needs of them is written.
 */
final class FoldValidation {
  private final Path model;
  private final String fold;
  private final String checkpoint;
  private final boolean mirroring;
  private final boolean probabilities;
  private final DatasetJson json;
  private final Context context;

  FoldValidation(Path model, String fold, String checkpoint, boolean mirroring,
      boolean probabilities, DatasetJson json, Context context) {
    this.model = model;
    this.fold = fold;
    this.checkpoint = checkpoint;
    this.mirroring = mirroring;
    this.probabilities = probabilities;
    this.json = json;
    this.context = context;
  }

  /** Segments and scores the cases and returns the exit code. */
  int run(List<RawCase> cases, AnnotatedStructures annotation, CascadeStages stages,
      Device device) {
    if (cases.isEmpty()) {
      return 0;
    }
    Path out = model.resolve("fold_" + fold).resolve("validation");
    // What an earlier training left must not be scored as this one's.
    removeFiles(out);
    Predictor.Options options = Predictor.Options.of(ModelOptions.on(device)
        .withMirroring(mirroring).withFolds(List.of(fold)).withCheckpoint(checkpoint))
        .withOverwrite(true).withProbabilities(probabilities);
    ModelFolder trained = ModelFolder.open(model);
    Predictor predictor = new Predictor(trained, options, stages, context.progress(),
        context.cancellation());
    List<Predictor.Failure> failures = predictor.predict(cases, out);
    failures.forEach(f -> context.console().warning(f.caseId() + ": " + f.error().getMessage()));
    Map<String, Path> references = new LinkedHashMap<>();
    cases.forEach(c -> references.put(c.id(), c.label().orElseThrow()));
    LabelFiles maps = new LabelFiles(trained.plans().imageReaderWriter(), json.fileEnding());
    Evaluation evaluation = annotated(FolderEvaluator.evaluate(references, out,
        new FolderEvaluator.Options(StructureNames.read(model.resolve("dataset.json")),
            json.labelSet().ignore(), true).with(maps.format()),
        context.progress(), context.cancellation()), annotation);
    EvaluationWriter.writeSummary(evaluation, out.resolve("summary.json"));
    evaluation.problems()
        .forEach(p -> context.console().warning(p.caseId() + ": " + p.message()));
    double dice = evaluation.foregroundMean().get("Dice");
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("model", model.toString());
      document.put("fold", fold);
      document.put("mean_dice", dice);
      context.console().json(document);
    } else {
      context.console().result(String.format(Locale.ROOT, "mean validation Dice %.4f", dice));
    }
    return failures.isEmpty() && evaluation.problems().isEmpty()
        ? 0
        : FiduciaException.Kind.PARTLY_DONE.exitCode();
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
