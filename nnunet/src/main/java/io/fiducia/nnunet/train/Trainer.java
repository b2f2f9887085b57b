package io.fiducia.nnunet.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.learn.augment.BatchLoader;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.learn.train.AveragedWeights;
import io.fiducia.learn.train.MixedPrecisionStep;
import io.fiducia.learn.train.Pace;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.learn.train.TrainingLoop;
import io.fiducia.learn.train.TrainingState;
import io.fiducia.learn.transfer.Adaptation;
import io.fiducia.learn.transfer.WeightReport;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.Device;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.optim.AdamW;
import io.fiducia.torch.optim.Optimizer;
import io.fiducia.torch.optim.Sgd;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trains one network on one fold: opens what a {@link TrainingLoop} needs, runs it, and closes
 * everything. A step is in {@link UNetTask}.
 *
 * <p>Batches depend on seed, epoch and iteration alone. So a training that was killed resumes to the
 * same bits as one that was not (on one device, with one number of threads, and with a {@link Pace}
 * that does not read the clock).
 */
public final class Trainer {
  private final TrainingJob job;
  private final TrainingSettings settings;
  private final Pace pace;
  private final Device device;
  private final Progress progress;
  private final Cancellation cancellation;

  /** Prepares a training; nothing is read or written before {@link #run}. */
  public Trainer(TrainingJob job, TrainingSettings settings, Pace pace, Device device,
      Progress progress, Cancellation cancellation) {
    this.job = job;
    this.settings = settings;
    this.pace = pace;
    this.device = device;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /** Trains as {@link #run(boolean, Consumer)} does, without a listener. */
  public TrainingLog run(boolean resume) {
    return run(resume, log -> {});
  }

  /**
   * Trains to the end of the pace and returns the log; the folder then holds the final and the best
   * checkpoint.
   *
   * @param resume whether to go on from the fold's checkpoint, if there is one ({@link
   *     TrainingCheckpoints#toResumeFrom}); otherwise the training starts from the beginning, and the
   *     fold's earlier checkpoints are removed once everything that it needs is there
   * @param afterEpoch gets the log after every epoch
   * @throws FiduciaException CANCELLED after a request to stop, the state being saved; BAD_INPUT if
   *     there is no case, if the checkpoint was started with another recipe or another seed than was
   *     chosen now, or if the loss is no longer a number
   */
  public TrainingLog run(boolean resume, Consumer<TrainingLog> afterEpoch) {
    if (job.cases().training().isEmpty()) {
      throw FiduciaException.badInput("no case to train on", job.fold().folder(),
          "the training split is empty", "add contoured cases, or choose another fold");
    }
    Optional<TrainingCheckpoint> begun = Optional.of(new TrainingCheckpoints(job.fold().folder()))
        .filter(c -> resume).flatMap(TrainingCheckpoints::toResumeFrom)
        .map(TrainingCheckpoint::read);
    begun.ifPresent(c -> c.requireSameRecipe(job));
    return train(begun, begun.map(c -> c.withSeedOfTheStart(settings)).orElse(settings),
        afterEpoch);
  }

  private TrainingLog train(Optional<TrainingCheckpoint> begun, TrainingSettings seeded,
      Consumer<TrainingLog> afterEpoch) {
    long seed = seeded.batches().seed().value();
    TorchRuntime.manualSeed(seed);
    TrainingJob.Network wanted = job.network();
    try (TorchScope scope = TorchScope.open("model");
        UNet network = UNet.create(wanted.configuration().architecture(), wanted.channels(),
            wanted.labels().outputs(), device, seed)) {
      Optional<Adaptation> adaptation = job.transfer()
          .map(t -> adapt(t, network, begun.isEmpty(), seed));
      List<Tensor> parameters = network.parameters().stream().map(NamedTensor::tensor).toList();
      TrainingSettings.Descent d = seeded.descent();
      try (
          MixedPrecisionStep descent = new MixedPrecisionStep(optimizer(parameters, d.optimizer()),
              parameters, d.gradientClip(), device, d.mixedPrecision());
          AveragedWeights average = new AveragedWeights(parameters, d.averaging())) {
        TrainingParts parts = new TrainingParts(network, descent, average);
        TrainingState state = begun.map(c -> c.restore(parts)).orElseGet(TrainingState::start);
        if (begun.isEmpty()) {
          new TrainingCheckpoints(job.fold().folder()).remove();
        }
        return loop(seeded, parts, state, reporting(adaptation, state, afterEpoch));
      }
    }
  }

  /** Puts the weights of another model into the network and reports what was taken over. */
  private Adaptation adapt(Transfer transfer, UNet network, boolean first, long seed) {
    boolean images = job.network().configuration().previousStage().isEmpty();
    WeightReport report = transfer.initialise(network, job.network().labels(), images);
    if (first) {
      progress.note("starts from " + transfer.start().file() + ": "
          + String.join("; ", report.summary()));
    }
    List<String> cases = job.cases().training().stream().map(PatchSource::id).toList();
    return transfer.adaptation(report, cases, seed);
  }

  /** Writes the report beside the checkpoints, now and after every epoch. */
  private Consumer<TrainingLog> reporting(Optional<Adaptation> adaptation, TrainingState state,
      Consumer<TrainingLog> afterEpoch) {
    if (adaptation.isEmpty()) {
      return afterEpoch;
    }
    Adaptation start = adaptation.get();
    start.after(state.steps()).write(job.fold().folder());
    return log -> {
      start.after(log.steps()).write(job.fold().folder());
      afterEpoch.accept(log);
    };
  }

  private static Optimizer optimizer(List<Tensor> parameters,
      TrainingSettings.OptimizerSettings chosen) {
    return switch (chosen) {
      case TrainingSettings.SgdSettings s -> new Sgd(parameters, s.momentum(), true,
          s.weightDecay());
      case TrainingSettings.AdamWSettings s -> new AdamW(parameters, s.weightDecay());
    };
  }

  private TrainingLog loop(TrainingSettings seeded, TrainingParts parts, TrainingState state,
      Consumer<TrainingLog> afterEpoch) {
    TrainingLoop.Plan plan = new TrainingLoop.Plan(pace, seeded.learningRate(), seeded.epoch(),
        job.expectedStepSeconds(), new TrainingLoop.Names(job.fold().folder().toString(),
            job.network().labels().foregroundNames()));
    try (
        BatchLoader training = loader(seeded, job.cases().training(), BatchLoader.Mode.TRAINING,
            state.epoch());
        BatchLoader validation = loader(seeded, job.cases().forPseudoDice(),
            BatchLoader.Mode.VALIDATION, state.epoch())) {
      // Batches follow from seed, epoch and iteration; those already used are made again and dropped.
      for (int i = 0; i < state.iteration(); i++) {
        training.next();
      }
      UNetTask task = new UNetTask(job, seeded, parts, training, validation);
      return new TrainingLoop(plan, task, progress, cancellation).run(state, afterEpoch);
    }
  }

  private BatchLoader loader(TrainingSettings seeded, List<? extends PatchSource> cases,
      BatchLoader.Mode mode, int firstEpoch) {
    TrainingSettings.Batches batches = seeded.batches();
    int iterations = switch (mode) {
      case TRAINING -> seeded.epoch().iterations();
      case VALIDATION -> Math.max(1, seeded.epoch().validationIterations());
    };
    // The loader gets a cancellation of its own: stopping is the loop's, which saves first.
    return new BatchLoader(cases,
        new BatchLoader.Content(mode, job.network().configuration().batchSize(),
            batches.augmentation()),
        new BatchLoader.Order(batches.seed().value(), iterations, firstEpoch),
        batches.loaderThreads(), new Cancellation());
  }
}
