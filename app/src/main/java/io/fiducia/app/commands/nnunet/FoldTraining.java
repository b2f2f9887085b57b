package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.TransferRecipe;
import io.fiducia.learn.augment.AugmentationSettings;
import io.fiducia.learn.train.Pace;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.infer.CascadeStages;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.train.StepTimer;
import io.fiducia.nnunet.train.Trainer;
import io.fiducia.nnunet.train.TrainingJob;
import io.fiducia.nnunet.train.TrainingSettings;
import io.fiducia.nnunet.train.Transfer;
import io.fiducia.torch.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

  /**
   * What was asked for; absent options have nnU-Net's defaults.
   *
   * @param start weights to start from, and how
   */
  record Request(String dataset, String configuration, String fold, String plans,
      Optional<String> trainer, Length length, Schedule schedule, Optional<Start> start, Mode mode,
      boolean validateBest, boolean probabilities) {}

  /** How long to train; {@code patience}: epochs without progress after which to end early. */
  record Length(Optional<Integer> epochs, Optional<Integer> iterations, Optional<Double> minutes,
      Optional<Integer> patience) {}

  /** The course of the learning rate; {@code warmUp}: the share of the training in which it rises. */
  record Schedule(Optional<Double> rate, Optional<TrainingSettings.Decay> decay,
      Optional<Double> warmUp) {}

  /** Weights from elsewhere. */
  record Start(Path source, TransferRecipe recipe) {}

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
        && request.length().minutes().isPresent() && request.trainer().isEmpty();
    this.trainer = TrainerName.of(request.trainer()
        .orElse(brief ? TrainerName.NO_MIRRORING : TrainerName.DEFAULT));
    this.plans = PlansFiles.read(data, request.plans(), context);
    this.configuration = PlansFiles.trainable(plans, request.configuration(),
        data.resolve(request.plans() + ".json"));
    this.json = DatasetJson.read(data.resolve("dataset.json"));
    this.model = folders.model(request.dataset(), trainer.name(), request.plans(),
        request.configuration(), context);
    this.fold = model.resolve("fold_" + request.fold());
  }

  /** Does the work and returns the exit code. */
  int run() {
    FoldData cases = new FoldData(request, folders, context, data, json, plans, configuration,
        trainer.name());
    // Found missing only after the training, these would come a day late.
    List<RawCase> validation = cases.validation();
    CascadeStages stages = cases.stages(model);
    checkFold();
    try (FoldLock lock = FoldLock.take(fold)) {
      Device device = context.torchDevice();
      if (request.mode() != Mode.VALIDATE && !finished()) {
        train(cases, device);
      }
      context.console().note("model: " + model);
      return new FoldValidation(model, request.fold(), checkpoint(), trainer.mirrors(),
          request.probabilities(), json, context)
          .run(validation, cases.annotation(), stages, device);
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

  private void train(FoldData cases, Device device) {
    plans.write(model.resolve("plans.json"));
    json.write(model.resolve("dataset.json"));
    copyFingerprint();
    cases.copyAnnotation(model);
    if (request.mode() == Mode.ANEW) {
      remove();
    }
    Length length = request.length();
    Pace pace = length.minutes().<Pace>map(m -> new Pace.Budget(m * 60))
        .orElseGet(() -> new Pace.Epochs(length.epochs().orElse(trainer.epochs())));
    double stepSeconds = length.minutes().isPresent()
        ? new StepTimer(device, cases.channels(), json.labelSet()).seconds(
            configuration.architecture(),
            configuration.patchSize().stream().mapToInt(Integer::intValue).toArray(),
            configuration.batchSize())
        : 1;
    TrainingJob job = new TrainingJob(configuration, plans.asMap(), json.asMap(), request.fold(),
        fold, trainer.name(), cases.channels(), json.labelSet(), cases.open(cases.split().train()),
        cases.open(cases.split().val()), stepSeconds,
        request.start().map(s -> Transfer.read(s.source(), s.recipe())));
    TrainingLogText text = new TrainingLogText(fold);
    ProgressPlot plot = new ProgressPlot(fold);
    ProgressPlot.obstacle().ifPresent(
        why -> context.console().warning("progress.png is not drawn: " + why));
    Trainer training = new Trainer(job, settings(cases, device), pace, device, context.progress(),
        context.cancellation());
    TrainingLog log = training.run(request.mode() == Mode.GO_ON, rows -> {
      text.write(rows);
      plot.write(rows);
    });
    training.transferred().ifPresent(t -> context.console().note("started from "
        + job.transfer().orElseThrow().source() + ": " + t.parameters() + " parameters"
        + (t.heads().isEmpty() ? ", heads anew" : ", heads of " + String.join(", ", t.heads()))));
    if (length.patience().isPresent() && length.minutes().isEmpty()
        && log.rows().size() < length.epochs().orElse(trainer.epochs())) {
      context.console()
          .note("ended early, after " + log.rows().size() + " epochs: none of the last "
              + length.patience().get() + " was better");
    }
  }

  private TrainingSettings settings(FoldData cases, Device device) {
    List<Integer> axes = trainer.mirrorAxes(configuration.patchSize().size());
    AugmentationSettings augmentation = trainer.augmentation(configuration)
        .withIgnoreLabel(json.labelSet().ignore().isPresent())
        .withPreviousStage(cases.previousLabels());
    int loaders = device.toString().equals("cpu")
        ? 1
        : Math.clamp(context.threads() - 1, 1, LOADER_THREADS);
    TrainingSettings settings = brief
        ? TrainingSettings.brief(augmentation.scaled(TrainingSettings.BRIEF_AUGMENTATION),
            context.seed(), loaders)
        : TrainingSettings.nnunet(augmentation, axes, context.seed(), loaders);
    Optional<TransferRecipe> recipe = request.start().map(Start::recipe);
    Schedule schedule = request.schedule();
    double rate = schedule.rate().orElseGet(
        () -> recipe.map(TransferRecipe::learningRate).orElse(settings.learningRate()));
    double warmUp = schedule.warmUp()
        .orElseGet(() -> recipe.map(TransferRecipe::warmUp).orElse(settings.warmUp()));
    TrainingSettings.Decay decay = schedule.decay()
        .orElse(trainer.cosine() ? TrainingSettings.Decay.COSINE : settings.decay());
    TrainingSettings scheduled = settings.withSchedule(rate, decay, warmUp)
        .withPatience(request.length().patience().orElse(0));
    return request.length().iterations()
        .map(n -> scheduled.withIterations(n, Math.max(1, n / 5))).orElse(scheduled);
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

  private String checkpoint() {
    return request.validateBest() ? BEST : FINAL;
  }
}
