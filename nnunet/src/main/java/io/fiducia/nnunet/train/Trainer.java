package io.fiducia.nnunet.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.learn.augment.Batch;
import io.fiducia.learn.augment.BatchLoader;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.learn.train.Pace;
import io.fiducia.learn.train.SegmentationLoss;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Autocast;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.optim.AdamW;
import io.fiducia.torch.optim.GradScaler;
import io.fiducia.torch.optim.Gradients;
import io.fiducia.torch.optim.Optimizer;
import io.fiducia.torch.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Trains one network on one fold.
 *
 * <p>After every epoch, and at least every five minutes, checkpoint_latest.pth holds everything that
 * the next step depends on; batches depend on seed, epoch and iteration alone. So a training that was
 * killed resumes to the same bits as one that was not (on one device, with one number of threads, and
 * with a {@link Pace} that does not read the clock).
 */
public final class Trainer {
  private static final double SAVE_SECONDS = 300;
  /** A validation may last minutes, and nothing is saved meanwhile. */
  private static final double SAVE_BEFORE_VALIDATION_SECONDS = 60;
  private static final String TASK = "Train";
  /** Structures whose Dice the progress line names at most. */
  private static final int NAMED = 4;

  private final TrainingJob job;
  private final TrainingSettings settings;
  private final Pace pace;
  private final Device device;
  private final Progress progress;
  private final Cancellation cancellation;
  private final int[] patch;

  private UNet network;
  private Optimizer optimizer;
  private List<Tensor> parameters;
  private List<Tensor> average = List.of();
  private Optional<Transfer.Report> transferred = Optional.empty();
  private SegmentationLoss loss;
  private Optional<GradScaler> scaler = Optional.empty();
  private TrainingState state;
  private long lastSaveNanos;

  /** Prepares a training; nothing is read or written before {@link #run}. */
  public Trainer(TrainingJob job, TrainingSettings settings, Pace pace, Device device,
      Progress progress, Cancellation cancellation) {
    this.job = job;
    this.settings = settings;
    this.pace = pace;
    this.device = device;
    this.progress = progress;
    this.cancellation = cancellation;
    this.patch = job.network().configuration().patchSize().stream().mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Trains to the end of the pace and returns the log; the folder then holds checkpoint_final.pth,
   * checkpoint_best.pth.
   *
   * @param resume goes on from checkpoint_latest.pth if there is one
   * @throws FiduciaException CANCELLED after a request to stop, the state being saved; BAD_INPUT if
   *     the loss is no longer a number
   */
  public TrainingLog run(boolean resume) {
    return run(resume, log -> {});
  }

  /** As above; the log is also handed over after every epoch, for those who watch. */
  public TrainingLog run(boolean resume, Consumer<TrainingLog> afterEpoch) {
    if (job.cases().training().isEmpty()) {
      throw FiduciaException.badInput("no case to train on", job.fold().folder(),
          "the training split is empty", "add contoured cases, or choose another fold");
    }
    TorchRuntime.manualSeed(settings.batches().seed().value());
    try (TorchScope scope = TorchScope.open("model");
        UNet net = UNet.create(job.network().configuration().architecture(),
            job.network().channels(),
            job.network().labels().outputs(),
            device, settings.batches().seed().value())) {
      network = net;
      job.transfer()
          .ifPresent(t -> transferred = Optional.of(t.initialise(network, job.network().labels())));
      parameters = network.parameters().stream().map(p -> p.tensor()).toList();
      optimizer = switch (settings.descent().optimizer()) {
        case SGD -> new Sgd(parameters, settings.descent().momentum(), true,
            settings.descent().weightDecay());
        case ADAMW -> new AdamW(parameters, settings.descent().weightDecay());
      };
      if (settings.descent().averaging() > 0) {
        average = parameters.stream().map(p -> p.detach().copy()).toList();
      }
      loss = TrainingTensors.loss(job.network().labels(), job.network().configuration().batchDice(),
          network.architecture());
      scaler = settings.descent().mixedPrecision() && device.cuda()
          ? Optional.of(new GradScaler())
          : Optional.empty();
      state = TrainingCheckpoint.resume(job, resume, network, optimizer, scaler, average);
      lastSaveNanos = System.nanoTime();
      try {
        epochs(afterEpoch);
      } finally {
        optimizer.close();
      }
      return state.log();
    }
  }

  /** What was taken over from other weights; empty before {@link #run} or without. */
  public Optional<Transfer.Report> transferred() {
    return transferred;
  }

  private void epochs(Consumer<TrainingLog> afterEpoch) {
    Architecture architecture = job.network().configuration().architecture();
    double epochSeconds = job.expectedStepSeconds() * settings.epoch().iterations() * 1.1;
    // In thousandths: a budget of time knows its share of the way, not its number of steps.
    progress.started(TASK, 1000, "");
    try (
        BatchLoader training = loader(job.cases().training(), BatchLoader.Mode.TRAINING,
            settings.epoch().iterations());
        BatchLoader validation = loader(
            job.cases().forPseudoDice(),
            BatchLoader.Mode.VALIDATION, Math.max(1, settings.epoch().validationIterations()))) {
      // Batches follow from seed, epoch and iteration; those already used are made and dropped.
      for (int i = 0; i < state.iteration(); i++) {
        training.next();
      }
      while (true) {
        int epoch = state.epoch();
        int already = state.iteration();
        Pace.Epoch plan = pace.next(epoch, already, settings.epoch().iterations(),
            state.elapsedSeconds(), epochSeconds);
        if (plan.iterations() == 0 || patienceIsOver()) {
          break;
        }
        double wall = System.currentTimeMillis() / 1000.0;
        double before = state.elapsedSeconds();
        trainEpoch(epoch, plan, training, architecture);
        if ((System.nanoTime() - lastSaveNanos) / 1e9 > SAVE_BEFORE_VALIDATION_SECONDS) {
          save(TrainingCheckpoints.LATEST, false);
        }
        Validation v = validate(validationBatches(plan), validation, architecture);
        stopIfCancelled();
        double mean = v.dice().stream().filter(d -> !d.isNaN()).mapToDouble(d -> d).average()
            .orElse(Double.NaN);
        double ema = state.log().nextEma(mean);
        state.log()
            .add(new TrainingLog.Row(state.lossSum() / Math.max(1, state.iteration()), v.loss(),
                v.dice(), mean,
                ema, settings.learningRate().at(plan.startProgress()), wall,
                System.currentTimeMillis() / 1000.0, state.iteration()));
        state.nextEpoch();
        if (already == 0 && plan.iterations() == settings.epoch().iterations()) {
          epochSeconds = state.elapsedSeconds() - before;
        }
        if (!(ema <= state.bestEma())) {
          state.setBestEma(ema);
          save(TrainingCheckpoints.BEST, true);
        }
        save(TrainingCheckpoints.LATEST, false);
        afterEpoch.accept(state.log());
      }
      save(TrainingCheckpoints.FINAL, true);
    } finally {
      progress.finished(TASK);
    }
  }

  private boolean patienceIsOver() {
    List<TrainingLog.Row> rows = state.log().rows();
    int best = 0;
    for (int e = 1; e < rows.size(); e++) {
      best = rows.get(e).emaDice() > rows.get(best).emaDice() ? e : best;
    }
    return settings.epoch().patience() > 0 && state.iteration() == 0
        && rows.size() - 1 - best >= settings.epoch().patience();
  }

  /** The loader gets a cancellation of its own: stopping is the trainer's, who saves first. */
  private BatchLoader loader(List<? extends PatchSource> cases, BatchLoader.Mode mode,
      int iterations) {
    return new BatchLoader(cases, job.network().configuration().batchSize(),
        settings.batches().augmentation(), mode,
        settings.batches().seed().value(), iterations, state.epoch(),
        settings.batches().loaderThreads(), new Cancellation());
  }

  private void trainEpoch(int epoch, Pace.Epoch plan, BatchLoader loader,
      Architecture architecture) {
    for (int i = state.iteration(); i < plan.iterations(); i++) {
      stopIfCancelled();
      long start = System.nanoTime();
      double rate = settings.learningRate().at(plan.progressAt(i));
      Batch batch = loader.next();
      double value;
      try (TorchScope step = TorchScope.open("step")) {
        optimizer.zeroGrad();
        Tensor total = loss(forward(batch), batch, architecture);
        value = total.item();
        if (!Double.isFinite(value)) {
          throw FiduciaException.badInput("the training loss is not a number",
              job.fold().folder(), "loss " + value + " in epoch " + epoch + ", iteration " + i,
              "check the images for extreme intensities, or lower the learning rate");
        }
        if (backward(total)) {
          optimizer.step(rate);
          average(state.steps());
        }
      }
      state.stepDone(value, (System.nanoTime() - start) / 1e9);
      progress.advanced(TASK, Math.round(1000 * plan.progressAt(i + 1)),
          String.format(Locale.ROOT, "epoch %d, loss %.3f, rate %.5f, Dice %s", epoch, value, rate,
              lastDice()));
      if ((System.nanoTime() - lastSaveNanos) / 1e9 > SAVE_SECONDS) {
        save(TrainingCheckpoints.LATEST, false);
      }
    }
  }

  private List<Tensor> forward(Batch batch) {
    if (scaler.isEmpty()) {
      return network.forward(input(batch), true);
    }
    try (Autograd.Guard half = Autocast.enable(device, DType.FLOAT16)) {
      return network.forward(input(batch), true);
    }
  }

  private Tensor loss(List<Tensor> outputs, Batch batch, Architecture architecture) {
    List<Tensor> targets = TrainingTensors.targets(batch.seg(), batch.batch(), patch, architecture,
        job.network().labels(), device);
    return loss.compute(outputs, targets,
        TrainingTensors.annotated(batch, job.network().labels(), device));
  }

  /** Gradients, clipped; false if half precision made some of them no numbers. */
  private boolean backward(Tensor total) {
    if (scaler.isEmpty()) {
      total.backward();
      Gradients.clipNorm(parameters, settings.descent().gradientClip());
      return true;
    }
    GradScaler scale = scaler.get();
    scale.scale(total).backward();
    scale.unscale(parameters);
    boolean finite = Double
        .isFinite(Gradients.clipNorm(parameters, settings.descent().gradientClip()));
    scale.update(finite);
    return finite;
  }

  /** The last epoch's pseudo Dice of each structure. */
  private String lastDice() {
    List<TrainingLog.Row> rows = state.log().rows();
    if (rows.isEmpty()) {
      return "–";
    }
    List<String> names = job.network().labels().foregroundNames();
    List<Double> dice = rows.get(rows.size() - 1).dicePerStructure();
    return IntStream.range(0, dice.size()).mapToObj(
        i -> String.format(Locale.ROOT, "%s %.2f", i < names.size() ? names.get(i) : i + 1,
            dice.get(i)))
        .limit(NAMED).collect(Collectors.joining(", ")) + (dice.size() > NAMED ? ", ..." : "");
  }

  /** Moves the averaged weights towards the current ones; faster at the start, so that the random
   * first weights are soon forgotten. */
  private void average(int steps) {
    if (average.isEmpty()) {
      return;
    }
    double keep = Math.min(settings.descent().averaging(), (1.0 + steps) / (10.0 + steps));
    try (Autograd.Guard off = Autograd.noGrad()) {
      for (int p = 0; p < parameters.size(); p++) {
        average.get(p).lerp_(parameters.get(p), 1 - keep);
      }
    }
  }

  private record Validation(double loss, List<Double> dice) {}

  /** A shortened epoch gets a shortened validation, or a time budget would not hold. */
  private int validationBatches(Pace.Epoch plan) {
    double share = Math.min(1, plan.iterations() / (double) settings.epoch().iterations());
    return Math.max(1, (int) Math.rint(settings.epoch().validationIterations() * share));
  }

  /** Loss and pseudo Dice of the model as it would be used: with averaged weights, if there are. */
  private Validation validate(int batches, BatchLoader loader, Architecture architecture) {
    long start = System.nanoTime();
    PseudoDice dice = new PseudoDice(job.network().labels());
    double sum = 0;
    try (Autograd.Guard off = Autograd.noGrad(); Swap swap = new Swap()) {
      for (int i = 0; i < batches && !cancellation.isRequested(); i++) {
        Batch batch = loader.next();
        try (TorchScope step = TorchScope.open("validation step")) {
          List<Tensor> outputs = forward(batch);
          sum += loss(outputs, batch, architecture).item();
          dice.add(outputs.get(0).to(DType.FLOAT32), batch);
        }
      }
    }
    state.addSeconds((System.nanoTime() - start) / 1e9);
    return new Validation(sum / batches, dice.perStructure());
  }

  /** A training stopped during validation resumes at that validation: no step is repeated. */
  private void stopIfCancelled() {
    if (cancellation.isRequested()) {
      save(TrainingCheckpoints.LATEST, false);
      cancellation
          .check("training; " + TrainingCheckpoints.LATEST + " is saved, run again to go on");
    }
  }

  private Tensor input(Batch batch) {
    return TrainingTensors.input(batch, patch, device);
  }

  private void save(String name, boolean forUse) {
    if (forUse) {
      try (Swap swap = new Swap()) {
        TrainingCheckpoint.write(job, settings, name, network, optimizer, scaler, average, state,
            true);
      }
    } else {
      TrainingCheckpoint.write(job, settings, name, network, optimizer, scaler, average, state,
          false);
      lastSaveNanos = System.nanoTime();
    }
  }

  /** Puts the averaged weights in place of the current ones until closed. */
  private final class Swap implements AutoCloseable {
    private final TorchScope scope = TorchScope.open("averaged weights");
    private final List<Tensor> kept = new ArrayList<>();

    Swap() {
      try (Autograd.Guard off = Autograd.noGrad()) {
        for (int p = 0; p < average.size(); p++) {
          kept.add(parameters.get(p).detach().copy());
          parameters.get(p).copy_(average.get(p));
        }
      }
    }

    @Override
    public void close() {
      try (Autograd.Guard off = Autograd.noGrad()) {
        for (int p = 0; p < kept.size(); p++) {
          parameters.get(p).copy_(kept.get(p));
        }
      }
      scope.close();
    }
  }
}
