package io.fiducia.universeg.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FolderLock;
import io.fiducia.base.Progress;
import io.fiducia.core.TrainingBudget;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.learn.train.AheadOfTime;
import io.fiducia.learn.train.AveragedWeights;
import io.fiducia.learn.train.EpochSettings;
import io.fiducia.learn.train.LearningRate;
import io.fiducia.learn.train.MixedPrecisionStep;
import io.fiducia.learn.train.Pace;
import io.fiducia.learn.train.ResumeFile;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.learn.train.TrainingLogFile;
import io.fiducia.learn.train.TrainingLoop;
import io.fiducia.learn.train.TrainingState;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.optim.AdamW;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Trains an in-context network in a folder: from random or given weights, to weights, card and log. A
 * training that was killed goes on where its last checkpoint stands, with the same bits if its length is
 * a number of steps.
 */
public final class InContextTrainer {
  private static final double WEIGHT_DECAY = 1e-4;
  private static final double GRADIENT_CLIP = 1;
  private static final double AVERAGING = 0.998;
  private static final double WARM_UP = 0.03;
  private static final int EPOCH = 500;
  private static final int FEWEST_EPOCHS = 20;
  private static final int VALIDATION_EPISODES = 8;
  /** An epoch has at least this many steps for each episode of a validation, but two episodes. */
  private static final int STEPS_PER_VALIDATION_EPISODE = 20;
  private static final double EXPECTED_STEP_SECONDS = 0.3;

  private final InContextTraining training;
  private final Device device;
  private final Progress progress;
  private final Cancellation cancellation;

  /** Prepares a training; nothing is read or written before {@link #run}. */
  public InContextTrainer(InContextTraining training, Device device, Progress progress,
      Cancellation cancellation) {
    this.training = training;
    this.device = device;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * What a training came to.
   *
   * @param steps steps taken, those before an interruption included
   * @param heldOutDice mean Dice of slices of held-out structures with 8 support slices; empty without
   *     such structures
   * @param trainedDice the same of trained structures in other patients
   */
  public record Outcome(int steps, Optional<Double> trainedDice, Optional<Double> heldOutDice) {}

  /**
   * Trains to the end and writes {@code weights.safetensors}, {@code weights.pth} and {@code card.json}.
   *
   * @param overwrite whether a training in the folder, finished or not, is replaced
   * @throws FiduciaException CANCELLED after a request to stop, with the latest state saved; BAD_INPUT if
   *     the datasets cannot be used, the folder holds a finished training or one with other settings, or
   *     another program trains there
   */
  public Outcome run(boolean overwrite) {
    Path folder = training.folder();
    try (FolderLock lock = FolderLock.take(folder, "a training runs in this folder already")) {
      Path latest = folder.resolve(ResumeFile.NAME);
      if (overwrite) {
        remove(latest, folder.resolve(WeightsCard.NAME));
      } else if (Files.exists(folder.resolve(WeightsCard.NAME))) {
        throw FiduciaException.badInput("the folder holds a finished training", folder,
            WeightsCard.NAME + " exists", "choose another output folder, or allow to overwrite it");
      }
      Optional<ResumeFile> begun = Files.exists(latest)
          ? Optional.of(ResumeFile.read(latest))
          : Optional.empty();
      return prepared(begun);
    }
  }

  private static void remove(Path... files) {
    for (Path file : files) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw FiduciaException.badInput("cannot replace a file", file,
            String.valueOf(e.getMessage()),
            "check that the folder may be written", e);
      }
    }
  }

  private Outcome prepared(Optional<ResumeFile> begun) {
    Optional<InitialWeights> initial = training.start().weights().map(InitialWeights::read);
    NetworkShape shape = shape(initial);
    long seed = training.start().seed()
        .orElseGet(() -> begun.map(ResumeFile::seed).orElse(0L));
    Map<String, String> settings = TrainingIdentity.of(training, shape,
        initial.map(InitialWeights::sha256).orElse("random"), seed);
    begun.ifPresent(c -> c.requireSettings(settings, TrainingIdentity.FREE));
    AnatomyTasks tasks = new AnatomyTasksReader(
        new TaskChoice(List.of(SlicePlane.values()), training.tasks().heldOut(),
            training.tasks().patients(), seed),
        progress, cancellation).read(training.datasets());
    progress.note(tasks.trained().size() + " tasks to train on, "
        + tasks.all().stream().filter(StructureTask::heldOut).count() + " held out");
    TorchRuntime.manualSeed(seed);
    try (TorchScope scope = TorchScope.open("model");
        InContextNetwork network = InContextNetwork.create(shape, device, seed)) {
      initial.ifPresent(w -> w.loadInto(network));
      List<Tensor> parameters = network.parameters().stream().map(NamedTensor::tensor).toList();
      try (
          MixedPrecisionStep descent = new MixedPrecisionStep(new AdamW(parameters, WEIGHT_DECAY),
              parameters, GRADIENT_CLIP, device, false);
          AveragedWeights average = new AveragedWeights(parameters, AVERAGING)) {
        return train(new InContextParts(network, descent, average), tasks, settings, seed, begun);
      }
    }
  }

  private NetworkShape shape(Optional<InitialWeights> initial) {
    Optional<Integer> width = training.start().width();
    if (initial.isEmpty()) {
      return NetworkShape.universeg(width.orElse(InContextTraining.USUAL_WIDTH));
    }
    NetworkShape found = initial.get().weights().shape();
    if (width.isPresent() && width.get() != found.width()) {
      throw FiduciaException.badInput("the weights to start from have another width",
          training.start().weights().orElseThrow(),
          "expected " + width.get() + ", found " + found.width(),
          "name no width, it follows from the weights");
    }
    return found;
  }

  private Outcome train(InContextParts parts, AnatomyTasks tasks, Map<String, String> settings,
      long seed, Optional<ResumeFile> begun) {
    TrainingState state = begun.map(c -> c.restore(parts.toResume()))
        .orElseGet(TrainingState::start);
    ValidationGroups groups = new ValidationGroups(tasks, seed);
    double synthetic = training.tasks().synthetic();
    EpisodeDraw draw = new EpisodeDraw(tasks, EpisodeDraw.Mix.usual(synthetic,
        training.length().coarseSteps()), seed);
    TrainingLogFile logFile = new TrainingLogFile(training.folder(), groups.names());
    TrainingLog log;
    try (AheadOfTime<EpisodeBatch> batches = new AheadOfTime<>(draw::batch, state.steps(),
        training.length().workers())) {
      InContextTask task = new InContextTask(parts, batches, groups, training.folder(), settings);
      log = new TrainingLoop(plan(groups), task, progress, cancellation).run(state,
          logFile::write);
    }
    try (Autograd.Guard used = parts.average().inPlace()) {
      SupportScores scores = SupportScores.of(parts.network(), tasks, seed, progress, cancellation);
      TrainedWeights.write(training, parts, settings);
      WeightsCard.write(training, parts.network().shape(), new WeightsCard.Course(settings, tasks,
          groups.names(), log, state.elapsedSeconds()), scores);
      return new Outcome(log.steps(), boxed(scores.mean("", false, 8)),
          boxed(scores.mean("", true, 8)));
    }
  }

  private static Optional<Double> boxed(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }

  private TrainingLoop.Plan plan(ValidationGroups groups) {
    LearningRate rate = new LearningRate(training.length().rate(), LearningRate.Decay.COSINE,
        WARM_UP);
    TrainingLoop.Names names = new TrainingLoop.Names(training.folder().toString(),
        groups.names());
    return switch (training.length().budget()) {
      case TrainingBudget.Minutes m ->
        new TrainingLoop.Plan(new Pace.Budget(60 * m.minutes()), rate,
            new EpochSettings(EPOCH, VALIDATION_EPISODES, 0), EXPECTED_STEP_SECONDS, names);
      case TrainingBudget.Iterations i -> {
        // Within an epoch the learning rate is constant, so that even short trainings have several.
        int length = Math.clamp(i.iterations() / FEWEST_EPOCHS, 1, EPOCH);
        yield new TrainingLoop.Plan(new Pace.Epochs(Math.ceilDiv(i.iterations(), length)), rate,
            new EpochSettings(length, Math.clamp(length / STEPS_PER_VALIDATION_EPISODE, 2,
                VALIDATION_EPISODES), 0),
            EXPECTED_STEP_SECONDS, names);
      }
    };
  }
}
