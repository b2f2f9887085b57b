package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.StructureNames;
import io.fiducia.nnunet.augment.AugmentationSettings;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.infer.Predictor;
import io.fiducia.nnunet.infer.SlidingWindow;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.plan.Splits;
import io.fiducia.nnunet.preprocess.NpzStore;
import io.fiducia.nnunet.preprocess.PreprocessedStore;
import io.fiducia.nnunet.train.Pace;
import io.fiducia.nnunet.train.StepTimer;
import io.fiducia.nnunet.train.Trainer;
import io.fiducia.nnunet.train.TrainingJob;
import io.fiducia.nnunet.train.TrainingSettings;
import io.fiducia.torch.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** One fold: trained, its validation cases segmented and scored. */
final class FoldTraining {
  private static final String FINAL = "checkpoint_final.pth";
  private static final String BEST = "checkpoint_best.pth";
  private static final String LATEST = "checkpoint_latest.pth";
  /** Loader threads at most; nnU-Net's own number. */
  private static final int LOADER_THREADS = 12;

  /** What to do with a fold that something was trained in. */
  enum Mode {
    /** Nothing may be there. */
    FIRST,
    GO_ON,
    ANEW,
    /** Nothing is trained. */
    VALIDATE
  }

  /** What was asked for; absent options have nnU-Net's defaults. */
  record Request(String dataset, String configuration, String fold, String plans,
      Optional<String> trainer, Optional<Integer> epochs, Optional<Integer> iterations,
      Optional<Double> minutes, Mode mode, boolean validateBest) {}

  private final Request request;
  private final NnunetFolders folders;
  private final Context context;
  private final Path data;
  private final Path model;
  private final Path fold;
  private final TrainerName trainer;
  private final boolean brief;
  private final DatasetJson json;
  private final Plans plans;
  private final Configuration configuration;

  FoldTraining(Request request, NnunetFolders folders, Context context) {
    this.request = request;
    this.folders = folders;
    this.context = context;
    this.data = folders.preprocessed(context).resolve(request.dataset());
    // Short trainings of networks planned for them have a recipe of their own.
    this.brief = request.plans().equals(NnunetPlanCommand.CPU_PLANS)
        && request.minutes().isPresent() && request.trainer().isEmpty();
    this.trainer = TrainerName.of(request.trainer()
        .orElse(brief ? TrainerName.NO_MIRRORING : TrainerName.DEFAULT));
    this.plans = PlansFiles.read(data, request.plans());
    this.configuration = PlansFiles.trainable(plans, request.configuration(),
        data.resolve(request.plans() + ".json"));
    this.json = DatasetJson.read(data.resolve("dataset.json"));
    if (json.labelSet().hasRegions()) {
      throw FiduciaException.badInput("the dataset's labels are regions", json.file(),
          "only labels that exclude each other can be trained", "give each structure one label");
    }
    this.model = folders.model(request.dataset(), trainer.name(), request.plans(),
        request.configuration(), context);
    this.fold = model.resolve("fold_" + request.fold());
  }

  /** Does the work and returns the exit code. */
  int run() {
    PreprocessedStore store = new PreprocessedStore(data.resolve(configuration.dataIdentifier()));
    new NpzStore(store.folder()).importInto(store, plans, configuration, context.progress(),
        context.cancellation());
    List<String> cases = store.ids();
    if (cases.isEmpty()) {
      throw FiduciaException.badInput("the dataset is not preprocessed", store.folder(),
          "neither CASE.fcase nor CASE.npz with CASE.pkl were found (.b2nd cannot be read)",
          "run 'fiducia nnunet preprocess -d " + request.dataset() + " -plans_name "
              + request.plans() + " -c " + request.configuration() + "'");
    }
    Splits splits = Splits.readOrCreate(data.resolve("splits_final.json"), cases);
    Splits.Fold split = splits.fold(request.fold(), cases);
    // Found missing only after the training, these would come a day late.
    List<RawCase> validation = request.fold().equals("all") ? List.of() : rawCases(split.val());
    checkFold();
    try (FoldLock lock = FoldLock.take(fold)) {
      Device device = context.torchDevice();
      if (request.mode() != Mode.VALIDATE && !finished()) {
        train(store, split, device);
      }
      context.console().note("model: " + model);
      return validate(validation, device);
    }
  }

  private void checkFold() {
    boolean trained = Files.exists(fold.resolve(FINAL));
    boolean begun = Files.exists(fold.resolve(LATEST));
    if (request.mode() == Mode.FIRST && (trained || begun)) {
      throw FiduciaException.badInput(
          trained ? "this fold is trained already" : "a training of this fold was begun",
          fold.resolve(trained ? FINAL : LATEST), "existing results are not overwritten",
          "give --c to go on with it, or --overwrite to train anew");
    }
    if (request.mode() == Mode.VALIDATE && !Files.exists(fold.resolve(checkpoint()))) {
      throw FiduciaException.badInput("this fold is not trained", fold.resolve(checkpoint()),
          "no such file", "train it first, without --val");
    }
    if (request.mode() == Mode.GO_ON && !trained && !begun) {
      context.console()
          .warning("no checkpoint to go on from in " + fold + ": training starts anew");
    }
  }

  /** nnU-Net removes the latest checkpoint at the end: such a fold is done, not to be begun anew. */
  private boolean finished() {
    return request.mode() == Mode.GO_ON && Files.exists(fold.resolve(FINAL))
        && !Files.exists(fold.resolve(LATEST));
  }

  private List<RawCase> rawCases(List<String> ids) {
    RawDataset dataset = folders.rawDataset(request.dataset(), context);
    Map<String, RawCase> byId = new LinkedHashMap<>();
    dataset.training().forEach(c -> byId.put(c.id(), c));
    for (String id : ids) {
      if (!byId.containsKey(id)) {
        throw FiduciaException.badInput("a validation case is not in the raw dataset",
            dataset.folder().resolve("imagesTr"), "case " + id + " of fold " + request.fold(),
            "restore its files, or preprocess again and remove splits_final.json");
      }
    }
    return ids.stream().map(byId::get).toList();
  }

  private void train(PreprocessedStore store, Splits.Fold split, Device device) {
    plans.write(model.resolve("plans.json"));
    json.write(model.resolve("dataset.json"));
    copyFingerprint();
    if (request.mode() == Mode.ANEW) {
      remove();
    }
    int outputs = json.labelSet().outputs();
    Pace pace = request.minutes().<Pace>map(m -> new Pace.Budget(m * 60))
        .orElseGet(() -> new Pace.Epochs(request.epochs().orElse(trainer.epochs())));
    double stepSeconds = request.minutes().isPresent()
        ? new StepTimer(device, json.channels().size(), outputs).seconds(
            configuration.architecture(),
            configuration.patchSize().stream().mapToInt(Integer::intValue).toArray(),
            configuration.batchSize())
        : 1;
    TrainingJob job = new TrainingJob(configuration, plans.asMap(), json.asMap(), request.fold(),
        fold, trainer.name(), json.channels().size(), outputs, json.labelSet().ignore(),
        split.train().stream().map(store::open).toList(),
        split.val().stream().map(store::open).toList(), stepSeconds, Optional.empty());
    new Trainer(job, settings(device), pace, device, context.progress(), context.cancellation())
        .run(request.mode() == Mode.GO_ON, new TrainingLogText(fold)::write);
  }

  private TrainingSettings settings(Device device) {
    List<Integer> axes = trainer.mirrorAxes(configuration.patchSize().size());
    AugmentationSettings augmentation = AugmentationSettings.nnunet(configuration.patchSize())
        .withMirrorAxes(axes).withMaskOutside(configuration.useMaskForNorm())
        .withIgnoreLabel(json.labelSet().ignore().isPresent());
    int loaders = device.toString().equals("cpu")
        ? 1
        : Math.clamp(context.threads() - 1, 1, LOADER_THREADS);
    TrainingSettings settings = brief
        ? TrainingSettings.brief(augmentation.scaled(TrainingSettings.BRIEF_AUGMENTATION),
            context.seed(), loaders)
        : TrainingSettings.nnunet(augmentation, axes, context.seed(), loaders);
    return request.iterations().map(n -> settings.withIterations(n, Math.max(1, n / 5)))
        .orElse(settings);
  }

  private void copyFingerprint() {
    Path source = data.resolve(Fingerprints.FILE);
    if (Files.exists(source)) {
      Path target = model.resolve(Fingerprints.FILE);
      AtomicFiles.write(target, out -> Files.copy(source, out));
    }
  }

  private void remove() {
    for (String name : List.of(FINAL, BEST, LATEST)) {
      try {
        Files.deleteIfExists(fold.resolve(name));
      } catch (IOException e) {
        throw AtomicFiles.cannotWrite(fold.resolve(name), e);
      }
    }
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

  private String checkpoint() {
    return request.validateBest() ? BEST : FINAL;
  }

  /** nnU-Net's last step: the fold's validation cases, segmented whole and scored. */
  private int validate(List<RawCase> cases, Device device) {
    if (cases.isEmpty()) {
      return 0;
    }
    Path out = fold.resolve("validation");
    // What an earlier training left must not be scored as this one's.
    removeFiles(out);
    Predictor predictor = new Predictor(ModelFolder.open(model),
        new Predictor.Options(0.5, trainer.mirroring(), SlidingWindow.Accumulation.SINGLE,
            List.of(request.fold()), checkpoint(), device, true),
        context.progress(), context.cancellation());
    List<Predictor.Failure> failures = predictor.predict(cases, out);
    failures.forEach(f -> context.console().warning(f.caseId() + ": " + f.error().getMessage()));
    Map<String, Path> references = new LinkedHashMap<>();
    cases.forEach(c -> references.put(c.id(), c.label().orElseThrow()));
    Evaluation evaluation = FolderEvaluator.evaluate(references, out,
        new FolderEvaluator.Options(StructureNames.read(model.resolve("dataset.json")),
            json.labelSet().ignore(), true),
        context.progress(), context.cancellation());
    EvaluationWriter.writeSummary(evaluation, out.resolve("summary.json"));
    evaluation.problems()
        .forEach(p -> context.console().warning(p.caseId() + ": " + p.message()));
    double dice = evaluation.foregroundMean().get("Dice");
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("model", model.toString());
      document.put("fold", request.fold());
      document.put("mean_dice", dice);
      context.console().json(document);
    } else {
      context.console().result(String.format(Locale.ROOT, "mean validation Dice %.4f", dice));
    }
    return failures.isEmpty() && evaluation.problems().isEmpty()
        ? 0
        : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }
}
