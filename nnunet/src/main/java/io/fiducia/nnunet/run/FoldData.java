package io.fiducia.nnunet.run;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.learn.augment.AnnotatedSource;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.nnunet.dataset.AnnotatedStructures;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.infer.CascadeStages;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.plan.Splits;
import io.fiducia.nnunet.store.NextStageStore;
import io.fiducia.nnunet.store.TrainingCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The cases of a fold, preprocessed, with their reference label maps. */
final class FoldData {
  /** The folder of label maps in a dataset's preprocessed folder; nnU-Net's name. */
  static final String REFERENCES = "gt_segmentations";

  /**
   * What is known of the dataset and of the network.
   *
   * @param trainer under whose name the first stage of a cascade was trained
   */
  record Description(DatasetJson json, Plans plans, Configuration configuration,
      String trainer) {}

  private final FoldRequest request;
  private final FoldFolders folders;
  private final Progress progress;
  private final DatasetJson json;
  private final Plans plans;
  private final Configuration configuration;
  private final TrainingCases cases;
  private final Splits.Fold split;
  private final Optional<Path> annotationFile;
  private final AnnotatedStructures annotation;
  private final Optional<NextStageStore> previous;

  FoldData(FoldRequest request, FoldFolders folders, Description of, Progress progress) {
    this.request = request;
    this.folders = folders;
    this.progress = progress;
    this.json = of.json();
    this.plans = of.plans();
    this.configuration = of.configuration();
    Path data = folders.preprocessed();
    this.cases = cases(configuration);
    this.split = Splits.readOrCreate(data.resolve("splits_final.json"), cases.ids())
        .fold(request.fold(), cases.ids());
    this.annotationFile = annotationFile();
    this.annotation = annotationFile.map(f -> AnnotatedStructures.read(f, json.labelSet()))
        .orElseGet(AnnotatedStructures::complete);
    annotation.classes().keySet().stream().filter(id -> !isInDataset(id)).sorted()
        .findFirst().ifPresent(id -> progress.warning(AnnotatedStructures.FILE
            + " names a case that is not there: " + id));
    this.previous = configuration.previousStage().map(stage -> NextStageStore.of(
        folders.models().folder(of.trainer(), request.plans(), stage), configuration.name()));
  }

  /**
   * The raw dataset's file of partial annotation. The copy beside the preprocessed cases serves where
   * there is no raw dataset; where there is one without the file, the copy is out of date.
   */
  private Optional<Path> annotationFile() {
    Optional<Path> raw = folders.raw().map(f -> f.resolve(AnnotatedStructures.FILE))
        .filter(Files::isRegularFile);
    Optional<Path> copy = Optional.of(folders.preprocessed().resolve(AnnotatedStructures.FILE))
        .filter(Files::isRegularFile);
    Optional<Path> dataset = folders.raw().map(f -> f.resolve("dataset.json"))
        .filter(Files::isRegularFile);
    if (raw.isEmpty() && copy.isPresent() && dataset.isPresent()) {
      progress.warning(copy.get() + " is not used: " + dataset.get().getParent()
          + " no longer holds the file that it was copied from; every structure counts as contoured");
      return Optional.empty();
    }
    return raw.or(() -> copy);
  }

  /** Whether the dataset has a case: one to train on, or one that is set apart. */
  private boolean isInDataset(String id) {
    return cases.ids().contains(id) || folders.raw().stream()
        .flatMap(raw -> Stream.of("labelsTr", "labelsTs").map(raw::resolve))
        .anyMatch(labels -> Files.isRegularFile(labels.resolve(id + json.fileEnding())));
  }

  private TrainingCases cases(Configuration of) {
    return TrainingCases.in(folders.preprocessed().resolve(of.dataIdentifier()),
        "run 'fiducia nnunet preprocess -d " + folders.preprocessed().getFileName()
            + " -plans_name " + request.plans() + " -c " + request.configuration() + "'");
  }

  Splits.Fold split() {
    return split;
  }

  /**
   * Puts the file of partial annotation beside the model that it shaped, and removes one of an earlier
   * training where there is none.
   */
  void copyAnnotation(Path model) {
    Path target = model.resolve(AnnotatedStructures.FILE);
    annotationFile.ifPresentOrElse(f -> AtomicFiles.write(target, out -> Files.copy(f, out)),
        () -> {
          try {
            Files.deleteIfExists(target);
          } catch (IOException e) {
            throw AtomicFiles.cannotWrite(target, e);
          }
        });
  }

  /** Channels of the network's input. */
  int channels() {
    return json.channels().size() + previousLabels().size();
  }

  /** The labels of the first stage that the network sees; empty without a cascade. */
  List<Integer> previousLabels() {
    return previous.isPresent() ? json.labelSet().foregroundValues() : List.of();
  }

  /** Opens preprocessed cases. @throws FiduciaException BAD_INPUT if one does not fit the dataset */
  List<PatchSource> open(List<String> ids) {
    List<PatchSource> sources = new ArrayList<>();
    for (String id : ids) {
      PatchSource source = cases.open(id);
      checkChannels(id, source.channels(), json);
      if (previous.isPresent()) {
        source = previous.get().join(source);
      }
      sources.add(annotation.of(id).isPresent()
          ? new AnnotatedSource(source, annotation.of(id).get())
          : source);
    }
    return sources;
  }

  /** Throws BAD_INPUT if a case has not as many channels as the dataset. */
  static void checkChannels(String id, int found, DatasetJson json) {
    if (found != json.channels().size()) {
      throw FiduciaException.badInput("a preprocessed case does not fit dataset.json", id,
          "expected " + json.channels().size() + " channels " + json.channels() + ", found "
              + found,
          "preprocess the dataset again");
    }
  }

  /**
   * The validation cases: as upstream, they are segmented from the preprocessed arrays and scored
   * against the label maps in gt_segmentations.
   *
   * @throws FiduciaException BAD_INPUT if a reference is missing
   */
  FoldValidation.Cases validation() {
    Map<String, Path> references = new LinkedHashMap<>();
    split.val().forEach(id -> references.put(id, reference(id)));
    PreparedCases prepared = new PreparedCases(cases, plans, configuration, json, references);
    return new FoldValidation.Cases(references, prepared::read, annotation);
  }

  /** The label map of a case: the copy beside the preprocessed cases, or else the raw one. */
  private Path reference(String id) {
    String name = id + json.fileEnding();
    Path copy = folders.preprocessed().resolve(REFERENCES).resolve(name);
    return Stream.concat(Stream.of(copy),
        folders.raw().map(raw -> raw.resolve("labelsTr").resolve(name)).stream())
        .filter(Files::isRegularFile).findFirst()
        .orElseThrow(() -> FiduciaException.badInput("a validation case has no reference label map",
            copy, "case " + id + " of fold " + request.fold(),
            "preprocess the dataset again, which copies the label maps there, or restore the file"));
  }

  /** What validation reads and writes for a cascade; {@code model} is the folder being trained. */
  CascadeStages stages(Path model) {
    List<CascadeStages.Next> next = new ArrayList<>();
    for (String stage : plans.nextStages(configuration.name())) {
      if (!Files.isDirectory(
          folders.preprocessed().resolve(plans.configuration(stage).dataIdentifier()))) {
        progress.warning("no input is made for " + stage + ", which is not preprocessed: "
            + "preprocess " + plans.configuration(stage).dataIdentifier()
            + ", then run this training again with --val");
        continue;
      }
      TrainingCases there = cases(plans.configuration(stage));
      next.add(new CascadeStages.Next(NextStageStore.of(model, stage),
          id -> there.open(id).shape()));
    }
    return new CascadeStages(previous, next);
  }
}
