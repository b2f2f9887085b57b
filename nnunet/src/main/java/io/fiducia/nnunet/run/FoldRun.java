package io.fiducia.nnunet.run;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FolderLock;
import io.fiducia.base.Progress;
import io.fiducia.core.TransferRecipe;
import io.fiducia.learn.augment.AugmentationSettings;
import io.fiducia.learn.train.LearningRate;
import io.fiducia.learn.train.Pace;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.infer.CascadeStages;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.run.FoldRequest.Length;
import io.fiducia.nnunet.run.FoldRequest.Mode;
import io.fiducia.nnunet.run.FoldRequest.Schedule;
import io.fiducia.nnunet.run.FoldRequest.Validation;
import io.fiducia.nnunet.train.StepTimer;
import io.fiducia.nnunet.train.Trainer;
import io.fiducia.nnunet.train.TrainingCheckpoints;
import io.fiducia.nnunet.train.TrainingJob;
import io.fiducia.nnunet.train.TrainingSettings;
import io.fiducia.nnunet.train.Transfer;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Trains one fold and then segments and scores its validation cases, as nnU-Net does.
 *
 * <p>Reads the dataset's preprocessed folder only. A raw folder is used where the preprocessed one
 * lacks something: reference label maps of folders that an earlier version preprocessed, and the file
 * of partial annotation.
 */
public final class FoldRun {
  /** Loader threads at most; nnU-Net's own number. */
  private static final int LOADER_THREADS = 12;

  private final FoldRequest request;
  private final FoldFolders folders;
  private final Progress progress;
  private final Cancellation cancellation;
  private final TrainerName trainer;
  private final boolean brief;
  private final Plans plans;
  private final Configuration configuration;
  private final DatasetJson json;
  private final Path model;
  private final Path fold;
  private final TrainingCheckpoints checkpoints;
  private final FoldData cases;
  private final FoldValidation.Cases validation;
  private final CascadeStages stages;

  private FoldRun(FoldRequest request, FoldFolders folders, Progress progress,
      Cancellation cancellation) {
    this.request = request;
    this.folders = folders;
    this.progress = progress;
    this.cancellation = cancellation;
    // Short trainings of networks planned for them have settings of their own.
    this.brief = request.plans().equals(DatasetPlanning.CPU_PLANS)
        && request.training().length().minutes().isPresent() && request.trainer().isEmpty();
    this.trainer = TrainerName.of(request.trainer()
        .orElse(brief ? TrainerName.NO_MIRRORING : TrainerName.DEFAULT));
    Path data = folders.preprocessed();
    this.plans = PlansFiles.read(data, request.plans(), progress);
    this.configuration = PlansFiles.trainable(plans, request.configuration(),
        data.resolve(request.plans() + ".json"));
    this.json = DatasetJson.read(data.resolve("dataset.json"));
    this.model = folders.models().folder(trainer.name(), request.plans(), request.configuration());
    this.fold = model.resolve("fold_" + request.fold());
    this.checkpoints = new TrainingCheckpoints(fold);
    this.cases = new FoldData(request, folders,
        new FoldData.Description(json, plans, configuration, trainer.name()), progress);
    // Found missing only after the training, these would be found missing a day late.
    this.validation = request.validation().isPresent()
        ? cases.validation()
        : FoldValidation.Cases.none();
    this.stages = request.validation().isPresent() ? cases.stages(model) : CascadeStages.none();
    checkFold();
    reportStart();
  }

  /**
   * Reads and checks everything that the run needs, and writes nothing but splits_final.json where
   * there is none.
   *
   * @throws FiduciaException BAD_INPUT naming what is missing or wrong: plans, configuration,
   *     preprocessed cases, reference label maps, an earlier training that the request does not
   *     allow for; USAGE for an unknown trainer or fold
   */
  public static FoldRun open(FoldRequest request, FoldFolders folders, Progress progress,
      Cancellation cancellation) {
    return new FoldRun(request, folders, progress, cancellation);
  }

  /** Opens and runs in one call; see {@link #open} and {@link #run(Compute)}. */
  public static FoldResult run(FoldRequest request, FoldFolders folders, Compute compute,
      Progress progress, Cancellation cancellation) {
    return open(request, folders, progress, cancellation).run(compute);
  }

  /** The model's folder. */
  public Path model() {
    return model;
  }

  /**
   * Trains unless the request is to validate only, then validates if the request says so.
   *
   * @throws FiduciaException CANCELLED on request, after which the same request with {@link
   *     Mode#CONTINUE} continues; BAD_INPUT if another program trains this fold or the loss is no
   *     longer a number; OUT_OF_RESOURCES if memory or disk run out
   */
  public FoldResult run(Compute compute) {
    try (FolderLock lock = FolderLock.take(fold, "this fold is being trained already")) {
      // Since the first check, another program may have trained here.
      checkFold();
      TorchRuntime.setThreads(compute.threads());
      Optional<TrainingLog> log = Optional.empty();
      if (request.mode() != Mode.VALIDATE && !finished()) {
        log = Optional.of(train(compute));
      }
      progress.note("model: " + model);
      FoldValidation.Outcome outcome = request.validation().isEmpty()
          ? FoldValidation.Outcome.none()
          : validate(request.validation().get(), compute.device());
      return new FoldResult(model, log, outcome.scores(), outcome.failures());
    }
  }

  private FoldValidation.Outcome validate(Validation how, Device device) {
    return new FoldValidation(
        new FoldValidation.Trained(model, request.fold(), trainer.mirrors(), json), how, progress,
        cancellation).run(validation, stages, device);
  }

  private void checkFold() {
    Optional<Path> begun = checkpoints.toResumeFrom();
    if (request.mode() == Mode.FIRST && (checkpoints.trained() || begun.isPresent())) {
      throw FiduciaException.badInput(
          checkpoints.trained()
              ? "this fold is trained already"
              : "a training of this fold was begun",
          checkpoints.trained() ? fold.resolve(TrainingCheckpoints.FINAL) : begun.orElseThrow(),
          "existing results are not overwritten",
          "give --c to continue it, or --overwrite to replace it");
    }
    if (request.mode() == Mode.VALIDATE) {
      Path needed = fold
          .resolve(request.validation().orElse(new Validation(false, false)).checkpoint());
      if (!Files.exists(needed)) {
        throw FiduciaException.badInput("this fold is not trained", needed, "no such file",
            "train it first, without --val");
      }
    }
  }

  private void reportStart() {
    Optional<Path> begun = checkpoints.toResumeFrom();
    if (request.mode() == Mode.CONTINUE && !checkpoints.trained()) {
      if (begun.isEmpty()) {
        progress.warning("no checkpoint to continue from in " + fold
            + ": training starts from the beginning");
      } else {
        progress.note("training continues from " + begun.get());
      }
    }
  }

  private boolean finished() {
    return request.mode() == Mode.CONTINUE && checkpoints.finished();
  }

  private TrainingLog train(Compute compute) {
    Length length = request.training().length();
    int epochs = length.epochs().orElse(trainer.epochs());
    Pace pace = length.minutes().<Pace>map(m -> new Pace.Budget(m * 60))
        .orElseGet(() -> new Pace.Epochs(epochs));
    TrainingJob job = new TrainingJob(
        new TrainingJob.Network(configuration, cases.channels(), json.labelSet()),
        new TrainingJob.Origin(plans.asMap(), json.asMap(), trainer.name()),
        new TrainingJob.Fold(request.fold(), fold),
        new TrainingJob.Cases(cases.open(cases.split().train()), cases.open(cases.split().val())),
        stepSeconds(length, compute.device()),
        request.training().start().map(s -> Transfer.read(s.source(), s.recipe())));
    job.transfer().ifPresent(this::compareMirroring);
    plans.write(model.resolve("plans.json"));
    json.write(model.resolve("dataset.json"));
    copyFingerprint();
    cases.copyAnnotation(model);
    TrainingLogText text = new TrainingLogText(fold);
    ProgressPlot plot = new ProgressPlot(fold);
    ProgressPlot.obstacle()
        .ifPresent(why -> progress.warning("progress.png is not drawn: " + why));
    Trainer training = new Trainer(job, settings(compute), pace, compute.device(), progress,
        cancellation);
    TrainingLog log = training.run(request.mode() == Mode.CONTINUE, rows -> {
      text.write(rows);
      plot.write(rows);
    });
    if (length.patience().isPresent() && length.minutes().isEmpty()
        && log.rows().size() < epochs) {
      progress.note("training ended early, after " + log.rows().size()
          + " epochs: none of the last " + length.patience().get() + " was better");
    }
    return log;
  }

  /** A network that never saw mirrored images may tell left from right; mirroring takes that away. */
  private void compareMirroring(Transfer transfer) {
    if (trainer.mirrors() && !transfer.start().mirrored().orElse(true)) {
      progress.warning(transfer.start().file() + " was trained without mirroring, and this training"
          + " mirrors: structures that differ only in their side will be confused at first; the"
          + " trainer " + TrainerName.NO_MIRRORING + " does not mirror");
    }
  }

  /** The expected time of a step, which only a limited time needs. */
  private double stepSeconds(Length length, Device device) {
    if (length.minutes().isEmpty()) {
      return 1;
    }
    return length.stepSeconds()
        .orElseGet(() -> new StepTimer(device, cases.channels(), json.labelSet()).seconds(
            configuration.architecture(),
            configuration.patchSize().stream().mapToInt(Integer::intValue).toArray(),
            configuration.batchSize()));
  }

  private TrainingSettings settings(Compute compute) {
    List<Integer> axes = trainer.mirrorAxes(configuration.patchSize().size());
    AugmentationSettings augmentation = trainer.augmentation(configuration)
        .withIgnoreLabel(json.labelSet().ignore().isPresent())
        .withPreviousStage(cases.previousLabels());
    int loaders = compute.device().toString().equals("cpu")
        ? 1
        : Math.clamp(compute.threads() - 1, 1, LOADER_THREADS);
    long seed = compute.seed().orElse(0);
    TrainingSettings settings = brief
        ? TrainingSettings.brief(augmentation.scaled(TrainingSettings.BRIEF_AUGMENTATION), seed,
            loaders)
        : TrainingSettings.nnunet(augmentation, axes, seed, loaders);
    Length length = request.training().length();
    settings = settings.withSchedule(schedule(settings.learningRate()))
        .withPatience(length.patience().orElse(0));
    if (length.iterations().isPresent()) {
      int n = length.iterations().get();
      settings = settings.withIterations(n, Math.max(1, n / 5));
    }
    return compute.seed().isPresent() ? settings : settings.withDefaultSeed();
  }

  /** What was asked for, else the recipe's, else the trainer's. */
  private LearningRate schedule(LearningRate usual) {
    Schedule asked = request.training().schedule();
    Optional<TransferRecipe> recipe = request.training().start().map(FoldRequest.Start::recipe);
    return new LearningRate(
        asked.rate().or(() -> recipe.map(TransferRecipe::learningRate)).orElse(usual.highest()),
        asked.decay()
            .orElse(trainer.cosine() ? LearningRate.Decay.COSINE : usual.decay()),
        asked.warmUp().or(() -> recipe.map(TransferRecipe::warmUp)).orElse(usual.warmUp()));
  }

  private void copyFingerprint() {
    Path source = folders.preprocessed().resolve(Fingerprints.FILE);
    if (Files.exists(source)) {
      AtomicFiles.write(model.resolve(Fingerprints.FILE), out -> Files.copy(source, out));
    }
  }
}
