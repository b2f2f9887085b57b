package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.learn.augment.AnnotatedSource;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.nnunet.dataset.AnnotatedStructures;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.infer.CascadeStages;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.plan.Splits;
import io.fiducia.nnunet.store.NextStageStore;
import io.fiducia.nnunet.store.TrainingCases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The cases of a fold: preprocessed for training, raw for validation. */
final class FoldData {
  private final FoldTraining.Request request;
  private final NnunetFolders folders;
  private final Context context;
  private final Path data;
  private final DatasetJson json;
  private final Plans plans;
  private final Configuration configuration;
  private final TrainingCases cases;
  private final Splits.Fold split;
  private final Optional<Path> annotationFile;
  private final AnnotatedStructures annotation;
  private final Optional<NextStageStore> previous;

  /** @param trainer under whose name the first stage of a cascade was trained */
  FoldData(FoldTraining.Request request, NnunetFolders folders, Context context, Path data,
      DatasetJson json, Plans plans, Configuration configuration, String trainer) {
    this.request = request;
    this.folders = folders;
    this.context = context;
    this.data = data;
    this.json = json;
    this.plans = plans;
    this.configuration = configuration;
    this.cases = cases(configuration);
    this.split = Splits.readOrCreate(data.resolve("splits_final.json"), cases.ids())
        .fold(request.fold(), cases.ids());
    this.annotationFile = Stream.concat(folders.knownRaw(context).stream()
        .map(raw -> raw.resolve(request.dataset())), Stream.of(data))
        .map(f -> f.resolve(AnnotatedStructures.FILE)).filter(Files::isRegularFile).findFirst();
    this.annotation = annotationFile.map(f -> AnnotatedStructures.read(f, json.labelSet()))
        .orElseGet(AnnotatedStructures::complete);
    annotation.classes().keySet().stream().filter(id -> !cases.ids().contains(id)).sorted()
        .findFirst().ifPresent(id -> context.console().warning(AnnotatedStructures.FILE
            + " names a case that is not there: " + id));
    this.previous = configuration.previousStage().map(stage -> NextStageStore.of(
        folders.model(request.dataset(), trainer, request.plans(), stage, context),
        configuration.name()));
  }

  private TrainingCases cases(Configuration of) {
    return TrainingCases.in(data.resolve(of.dataIdentifier()),
        "run 'fiducia nnunet preprocess -d " + request.dataset() + " -plans_name "
            + request.plans() + " -c " + request.configuration() + "'");
  }

  Splits.Fold split() {
    return split;
  }

  AnnotatedStructures annotation() {
    return annotation;
  }

  /** Puts the file of partial annotation, if there is one, beside the model that it shaped. */
  void copyAnnotation(Path model) {
    annotationFile.ifPresent(f -> AtomicFiles.write(model.resolve(AnnotatedStructures.FILE),
        out -> Files.copy(f, out)));
  }

  /** Channels of the network's input. */
  int channels() {
    return json.channels().size() + previousLabels().size();
  }

  /** The labels of the first stage that the network sees; empty without a cascade. */
  List<Integer> previousLabels() {
    return previous.isPresent() ? json.labelSet().foregroundValues() : List.of();
  }

  /** Opens preprocessed cases. @throws FiduciaException BAD_INPUT if one does not fit the data set */
  List<PatchSource> open(List<String> ids) {
    List<PatchSource> sources = new ArrayList<>();
    for (String id : ids) {
      PatchSource source = cases.open(id);
      if (source.channels() != json.channels().size()) {
        throw FiduciaException.badInput("a preprocessed case does not fit dataset.json", id,
            "expected " + json.channels().size() + " channels " + json.channels() + ", found "
                + source.channels(),
            "preprocess the dataset again");
      }
      if (previous.isPresent()) {
        source = previous.get().join(source);
      }
      sources.add(annotation.of(id).isPresent()
          ? new AnnotatedSource(source, annotation.of(id).get())
          : source);
    }
    return sources;
  }

  /** The validation cases as files. @throws FiduciaException BAD_INPUT if one is missing */
  List<RawCase> validation() {
    RawDataset dataset = folders.rawDataset(request.dataset(), context);
    Map<String, RawCase> byId = new LinkedHashMap<>();
    dataset.training().forEach(c -> byId.put(c.id(), c));
    for (String id : split.val()) {
      if (!byId.containsKey(id)) {
        throw FiduciaException.badInput("a validation case is not in the raw dataset",
            dataset.folder().resolve("imagesTr"), "case " + id + " of fold " + request.fold(),
            "restore its files, or preprocess again and remove splits_final.json");
      }
    }
    return split.val().stream().map(byId::get).toList();
  }

  /** What validation reads and writes for a cascade; {@code model} is the folder being trained. */
  CascadeStages stages(Path model) {
    List<CascadeStages.Next> next = new ArrayList<>();
    for (String stage : plans.nextStages(configuration.name())) {
      if (!Files.isDirectory(data.resolve(plans.configuration(stage).dataIdentifier()))) {
        context.console().warning("no input is made for " + stage + ", which is not preprocessed: "
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
