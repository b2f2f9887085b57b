package io.fiducia.learn.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The loop of a training: epochs of steps and a validation, at a pace, with progress, saving and
 * cancelling. It knows nothing of networks and files; those belong to its {@link TrainingTask}.
 *
 * <p>The latest state is saved after every epoch, at least every five minutes, and when a stop is
 * requested. So a training that was killed loses at most five minutes, and one that was stopped loses
 * nothing. If the task's steps depend on {@link TrainingState} alone and the {@link Pace} does not
 * read the clock, a resumed training computes what an uninterrupted one computes.
 */
public final class TrainingLoop {
  private static final double SAVE_SECONDS = 300;
  /** A validation may last minutes, and nothing is saved meanwhile. */
  private static final double SAVE_BEFORE_VALIDATION_SECONDS = 60;
  /** How much longer than its steps a first epoch is expected to take: validation, loading. */
  private static final double EPOCH_OVERHEAD = 1.1;
  private static final String TASK = "Train";
  /** Progress counts thousandths of the way, because a time budget does not know its steps. */
  private static final int PROGRESS_UNITS = 1000;
  /** The progress line names the Dice of at most this many structures. */
  private static final int NAMED = 4;

  /**
   * How a training runs.
   *
   * @param pace how long it lasts
   * @param learningRate the schedule, which follows the pace
   * @param epoch what a full epoch is
   * @param expectedStepSeconds estimated time of one step; used only until an epoch was measured
   * @param names for messages
   */
  public record Plan(Pace pace, LearningRate learningRate, EpochSettings epoch,
      double expectedStepSeconds, Names names) {}

  /**
   * Names for messages.
   *
   * @param place where the training belongs, such as its folder
   * @param structures what the task's Dice values are of, in order
   */
  public record Names(String place, List<String> structures) {
    public Names {
      structures = List.copyOf(structures);
    }
  }

  private final Plan plan;
  private final TrainingTask task;
  private final Progress progress;
  private final Cancellation cancellation;
  private final LongSupplier nanos;

  /** Prepares a training; nothing is done before {@link #run}. */
  public TrainingLoop(Plan plan, TrainingTask task, Progress progress, Cancellation cancellation) {
    this(plan, task, progress, cancellation, System::nanoTime);
  }

  /** Prepares a training that reads the given clock, for tests. */
  TrainingLoop(Plan plan, TrainingTask task, Progress progress, Cancellation cancellation,
      LongSupplier nanos) {
    this.plan = plan;
    this.task = task;
    this.progress = progress;
    this.cancellation = cancellation;
    this.nanos = nanos;
  }

  /**
   * Trains from a state to the end of the pace and returns the log. At the end, the task has been
   * asked to save {@link TrainingTask.SaveAs#FINAL}.
   *
   * @param state where the training stands; it advances with every step
   * @param afterEpoch gets the log after every epoch, when everything of that epoch is saved
   * @throws FiduciaException CANCELLED after a request to stop, with the latest state saved; BAD_INPUT
   *     if the loss is no longer a number
   */
  public TrainingLog run(TrainingState state, Consumer<TrainingLog> afterEpoch) {
    return new Run(state).toTheEnd(afterEpoch);
  }

  private static double unixSeconds() {
    return System.currentTimeMillis() / 1000.0;
  }

  /** One call of {@link #run}. */
  private final class Run {
    private final TrainingState state;
    private double epochSeconds = plan.expectedStepSeconds() * plan.epoch().iterations()
        * EPOCH_OVERHEAD;
    private long lastSaveNanos = nanos.getAsLong();

    Run(TrainingState state) {
      this.state = state;
    }

    TrainingLog toTheEnd(Consumer<TrainingLog> afterEpoch) {
      progress.started(TASK, PROGRESS_UNITS, "");
      try {
        Pace.Epoch epoch = nextEpoch();
        while (epoch.iterations() > 0 && !patienceIsOver()) {
          runEpoch(epoch);
          afterEpoch.accept(state.log());
          epoch = nextEpoch();
        }
        task.save(TrainingTask.SaveAs.FINAL, state);
        return state.log();
      } finally {
        progress.finished(TASK);
      }
    }

    private Pace.Epoch nextEpoch() {
      return plan.pace().next(state.epoch(), state.iteration(), plan.epoch().iterations(),
          state.elapsedSeconds(), epochSeconds);
    }

    private boolean patienceIsOver() {
      int patience = plan.epoch().patience();
      return patience > 0 && state.iteration() == 0 && state.log().epochsSinceBest() >= patience;
    }

    /** The rest of an epoch of which {@code state.iteration()} steps are done, validated and saved. */
    private void runEpoch(Pace.Epoch epoch) {
      boolean full = state.iteration() == 0 && epoch.iterations() == plan.epoch().iterations();
      double unixStart = unixSeconds();
      double before = state.elapsedSeconds();
      while (state.iteration() < epoch.iterations()) {
        stopIfCancelled();
        step(epoch);
        saveIfOlderThan(SAVE_SECONDS);
      }
      saveIfOlderThan(SAVE_BEFORE_VALIDATION_SECONDS);
      TrainingTask.Validation validation = validate(epoch);
      // A training stopped during validation resumes at that validation: no step is repeated.
      stopIfCancelled();
      double mean = validation.dice().stream().filter(d -> !d.isNaN()).mapToDouble(d -> d).average()
          .orElse(Double.NaN);
      double ema = state.log().nextEma(mean);
      state.log().add(new TrainingLog.Row(state.lossSum() / Math.max(1, state.iteration()),
          validation.loss(), validation.dice(), mean, ema,
          plan.learningRate().at(epoch.startProgress()), unixStart, unixSeconds(),
          state.iteration()));
      state.nextEpoch();
      if (full) {
        epochSeconds = state.elapsedSeconds() - before;
      }
      // NaN, which means that no batch held a structure yet, counts as the best so far.
      if (!(ema <= state.bestEma())) {
        state.setBestEma(ema);
        task.save(TrainingTask.SaveAs.BEST, state);
      }
      saveLatest();
    }

    private void step(Pace.Epoch epoch) {
      int number = state.epoch();
      int iteration = state.iteration();
      double rate = plan.learningRate().at(epoch.progressAt(iteration));
      long start = nanos.getAsLong();
      double loss = task.step(state, rate);
      if (!Double.isFinite(loss)) {
        throw FiduciaException.badInput("the training loss is not a number", plan.names().place(),
            "loss " + loss + " in epoch " + number + ", iteration " + iteration,
            "check the images for extreme intensities, or lower the learning rate");
      }
      state.stepDone(loss, secondsSince(start));
      progress.advanced(TASK, Math.round(PROGRESS_UNITS * epoch.progressAt(iteration + 1)),
          String.format(Locale.ROOT, "epoch %d, loss %.3f, rate %.5f, Dice %s", number, loss, rate,
              lastDice()));
    }

    private TrainingTask.Validation validate(Pace.Epoch epoch) {
      // A shortened epoch gets a shortened validation, or a time budget would not hold.
      double share = Math.min(1, epoch.iterations() / (double) plan.epoch().iterations());
      int batches = Math.max(1, (int) Math.rint(plan.epoch().validationIterations() * share));
      long start = nanos.getAsLong();
      TrainingTask.Validation validation = task.validate(batches, cancellation);
      state.addSeconds(secondsSince(start));
      return validation;
    }

    private void stopIfCancelled() {
      if (cancellation.isRequested()) {
        saveLatest();
        cancellation.check("training; its latest state is saved, run again to resume");
      }
    }

    private void saveIfOlderThan(double seconds) {
      if (secondsSince(lastSaveNanos) > seconds) {
        saveLatest();
      }
    }

    private void saveLatest() {
      task.save(TrainingTask.SaveAs.LATEST, state);
      lastSaveNanos = nanos.getAsLong();
    }

    private double secondsSince(long start) {
      return (nanos.getAsLong() - start) / 1e9;
    }

    /** The last epoch's Dice of each structure, as text. */
    private String lastDice() {
      List<TrainingLog.Row> rows = state.log().rows();
      if (rows.isEmpty()) {
        return "–";
      }
      List<String> names = plan.names().structures();
      List<Double> dice = rows.get(rows.size() - 1).dicePerStructure();
      return IntStream.range(0, dice.size()).mapToObj(
          i -> String.format(Locale.ROOT, "%s %.2f", i < names.size() ? names.get(i) : i + 1,
              dice.get(i)))
          .limit(NAMED).collect(Collectors.joining(", ")) + (dice.size() > NAMED ? ", ..." : "");
    }
  }
}
