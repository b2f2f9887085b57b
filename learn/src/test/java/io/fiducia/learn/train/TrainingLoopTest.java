package io.fiducia.learn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The loop alone, with a task that has a closed form: gradient descent on w²/2 multiplies w by (1 -
 * rate) in every step.
 */
class TrainingLoopTest {
  private static final LearningRate POLY = new LearningRate(0.1, LearningRate.Decay.POLY, 0);
  private static final double SECOND = 1e9;

  /** Gradient descent on w²/2; it keeps what it saves, and counts what it is asked for. */
  private static final class Descent implements TrainingTask {
    private record Saved(SaveAs as, double weight, TrainingState state, String at) {}

    private double weight = 1;
    private double nanos;
    private double stepSeconds = 1;
    private double validationSeconds;
    private Function<Integer, Double> dice = validation -> 0.5 + 0.01 * validation;
    private Runnable duringStep = () -> {};
    private Runnable duringValidation = () -> {};
    private final List<Saved> saved = new ArrayList<>();
    private final List<Integer> validated = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();

    @Override
    public double step(TrainingState at, double learningRate) {
      double loss = weight * weight / 2;
      weight *= 1 - learningRate;
      nanos += stepSeconds * SECOND;
      rates.add(learningRate);
      duringStep.run();
      return loss;
    }

    @Override
    public Validation validate(int batches, Cancellation cancellation) {
      validated.add(batches);
      nanos += validationSeconds * SECOND;
      duringValidation.run();
      return new Validation(weight, List.of(dice.apply(validated.size() - 1), Double.NaN));
    }

    /** As a checkpoint would: a copy of the state, which goes on changing. */
    @Override
    public void save(SaveAs as, TrainingState s) {
      TrainingLog log = new TrainingLog();
      s.log().rows().forEach(log::add);
      saved.add(new Saved(as, weight,
          new TrainingState(log,
              new TrainingState.Position(s.epoch(), s.iteration(), s.steps()), s.lossSum(),
              s.elapsedSeconds(), s.bestEma()),
          as + " " + s.epoch() + "/" + s.iteration()));
    }

    private List<String> saves() {
      return saved.stream().map(Saved::at).toList();
    }

    /** A task that goes on from the last latest state of this one. */
    private Descent resumed() {
      Descent next = new Descent();
      next.weight = latest().weight();
      return next;
    }

    private Saved latest() {
      return saved.stream().filter(s -> s.as() == SaveAs.LATEST).reduce((a, b) -> b)
          .orElseThrow();
    }
  }

  private static TrainingLoop loop(Pace pace, EpochSettings epoch, Descent task,
      Progress progress, Cancellation cancellation) {
    TrainingLoop.Plan plan = new TrainingLoop.Plan(pace, POLY, epoch, 1,
        new TrainingLoop.Names("the place", List.of("Bladder", "Rectum")));
    return new TrainingLoop(plan, task, progress, cancellation, () -> Math.round(task.nanos));
  }

  private static TrainingLog run(Pace pace, EpochSettings epoch, Descent task) {
    return loop(pace, epoch, task, Progress.none(), new Cancellation())
        .run(TrainingState.start(), log -> {});
  }

  /** The weight after so many epochs of 4 steps out of 3. */
  private static double expected(int epochs) {
    double w = 1;
    for (int e = 0; e < epochs; e++) {
      w *= Math.pow(1 - 0.1 * Math.pow(1 - e / 3.0, 0.9), 4);
    }
    return w;
  }

  @Test
  void everyEpochIsTrainedValidatedLoggedAndSaved() {
    Descent task = new Descent();
    List<Integer> watched = new ArrayList<>();
    TrainingLog log = loop(new Pace.Epochs(3), new EpochSettings(4, 2, 0), task, Progress.none(),
        new Cancellation()).run(TrainingState.start(), seen -> {
          watched.add(seen.rows().size());
          assertThat(task.latest().state().epoch()).isEqualTo(seen.rows().size());
        });

    assertThat(task.weight).isCloseTo(expected(3), within(1e-14));
    assertThat(watched).containsExactly(1, 2, 3);
    assertThat(task.validated).containsExactly(2, 2, 2);
    assertThat(task.saves()).containsExactly("BEST 1/0", "LATEST 1/0", "BEST 2/0", "LATEST 2/0",
        "BEST 3/0", "LATEST 3/0", "FINAL 3/0");
    assertThat(log.steps()).isEqualTo(12);
    TrainingLog.Row second = log.rows().get(1);
    double rate = 0.1 * Math.pow(2 / 3.0, 0.9);
    assertThat(second.learningRate()).isCloseTo(rate, within(1e-15));
    // The mean of a geometric series: each step multiplies the loss by (1 - rate)².
    double q = (1 - rate) * (1 - rate);
    assertThat(second.trainLoss()).isCloseTo(
        expected(1) * expected(1) / 2 * (1 + q + q * q + q * q * q) / 4, within(1e-14));
    assertThat(second.validationLoss()).isCloseTo(expected(2), within(1e-14));
    assertThat(second.steps()).isEqualTo(4);
    // A structure that was not seen does not count for the mean.
    assertThat(second.meanDice()).isCloseTo(0.51, within(1e-15));
    assertThat(second.emaDice()).isCloseTo(0.9 * 0.5 + 0.1 * 0.51, within(1e-15));
  }

  @Test
  void onlyABetterMovingAverageIsSavedAsTheBest() {
    Descent task = new Descent();
    List<Double> dice = List.of(Double.NaN, 0.5, 0.4, 0.6);
    task.dice = dice::get;
    run(new Pace.Epochs(4), new EpochSettings(1, 1, 0), task);
    // Moving averages: not a number, 0.5, 0.49, 0.501.
    assertThat(task.saves().stream().filter(s -> s.startsWith("BEST")))
        .containsExactly("BEST 1/0", "BEST 2/0", "BEST 4/0");
  }

  /** Stopped after any step, and resumed: the same weights and log, and no step twice. */
  @Test
  void aTrainingThatWasStoppedResumesToTheSameNumbers() {
    Descent whole = new Descent();
    TrainingLog all = run(new Pace.Epochs(3), new EpochSettings(4, 2, 0), whole);
    for (int stop = 1; stop <= 12; stop++) {
      int stopAfter = stop;
      Descent first = new Descent();
      Cancellation cancellation = new Cancellation();
      first.duringStep = () -> {
        if (first.rates.size() == stopAfter) {
          cancellation.cancel();
        }
      };
      cancelled(first, cancellation);
      assertThat(first.latest().state().steps()).isEqualTo(stop);
      resumesTo(whole, all, first, stop);
    }
  }

  @Test
  void aTrainingThatWasStoppedDuringValidationRepeatsTheValidationOnly() {
    Descent whole = new Descent();
    TrainingLog all = run(new Pace.Epochs(3), new EpochSettings(4, 2, 0), whole);
    Descent first = new Descent();
    Cancellation cancellation = new Cancellation();
    first.duringValidation = () -> {
      if (first.validated.size() == 2) {
        cancellation.cancel();
      }
    };
    cancelled(first, cancellation);
    assertThat(first.saves()).last().isEqualTo("LATEST 1/4");
    resumesTo(whole, all, first, 8);
  }

  private static void cancelled(Descent task, Cancellation cancellation) {
    assertThatThrownBy(() -> loop(new Pace.Epochs(3), new EpochSettings(4, 2, 0), task,
        Progress.none(), cancellation).run(TrainingState.start(), log -> {}))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
    assertThat(task.saves()).noneMatch(s -> s.startsWith("FINAL"));
  }

  private static void resumesTo(Descent whole, TrainingLog all, Descent first, int stepsDone) {
    Descent second = first.resumed();
    TrainingState state = first.latest().state();
    int epochsDone = state.epoch();
    second.dice = validation -> whole.dice.apply(validation + epochsDone);
    TrainingLog log = loop(new Pace.Epochs(3), new EpochSettings(4, 2, 0), second,
        Progress.none(), new Cancellation()).run(state, seen -> {});
    assertThat(second.weight).isEqualTo(whole.weight);
    assertThat(second.rates).hasSize(12 - stepsDone);
    assertThat(withoutTimes(log)).isEqualTo(withoutTimes(all));
    assertThat(state.elapsedSeconds()).isEqualTo(12);
  }

  private static List<TrainingLog.Row> withoutTimes(TrainingLog log) {
    return log.rows().stream()
        .map(r -> new TrainingLog.Row(r.trainLoss(), r.validationLoss(), r.dicePerStructure(),
            r.meanDice(), r.emaDice(), r.learningRate(), 0, 0, r.steps()))
        .toList();
  }

  @Test
  void theLatestStateIsNeverOlderThanFiveMinutesAtAStep() {
    Descent task = new Descent();
    task.stepSeconds = 100;
    run(new Pace.Epochs(1), new EpochSettings(10, 1, 0), task);
    // Before a validation one minute is enough, for nothing is saved meanwhile.
    assertThat(task.saves()).containsExactly("LATEST 0/4", "LATEST 0/8", "LATEST 0/10", "BEST 1/0",
        "LATEST 1/0", "FINAL 1/0");
  }

  /** 98 of 100 seconds are for steps of one second: nine epochs of ten steps, and one of eight. */
  @Test
  void aBudgetOfTimeIsUsedUpAndNotExceeded() {
    Descent task = new Descent();
    TrainingLog log = run(new Pace.Budget(100), new EpochSettings(10, 5, 0), task);
    assertThat(log.rows()).hasSize(10).allSatisfy(r -> assertThat(r.steps()).isBetween(8, 10));
    assertThat(log.steps()).isEqualTo(98);
    // A shortened epoch gets a shortened validation.
    assertThat(task.validated).endsWith(5, 4);
    assertThat(task.rates.get(0)).isEqualTo(0.1);
    // One step before the end of the schedule: 7 of 8 steps from 90/98 to 1.
    double progress = 90 / 98.0 + 8 / 98.0 * 7 / 8;
    assertThat(task.rates.getLast()).isCloseTo(0.1 * Math.pow(1 - progress, 0.9), within(1e-12));
  }

  /** Steps of two seconds from the 41st on: 40 s, three epochs of 20 s, and nine steps of 18 s. */
  @Test
  void aBudgetOfTimeHoldsOnAMachineThatSlowsDown() {
    Descent task = new Descent();
    task.duringStep = () -> task.stepSeconds = task.rates.size() < 40 ? 1 : 2;
    TrainingLog log = run(new Pace.Budget(100), new EpochSettings(10, 5, 0), task);
    assertThat(log.steps()).isEqualTo(69);
    assertThat(task.nanos / SECOND).isEqualTo(98);
  }

  @Test
  void patienceEndsATrainingThatGetsNoBetter() {
    Descent task = new Descent();
    List<Double> dice = List.of(0.5, 0.6, 0.3, 0.3, 0.9);
    task.dice = dice::get;
    TrainingLog log = run(new Pace.Epochs(5), new EpochSettings(1, 1, 2), task);
    // Moving averages 0.5, 0.51, 0.489, 0.470: the second of two epochs without progress.
    assertThat(log.rows()).hasSize(4);
    assertThat(task.saves()).last().isEqualTo("FINAL 4/0");
  }

  @Test
  void aLossThatIsNoNumberEndsTheTrainingWithoutSavingIt() {
    Descent task = new Descent();
    task.duringStep = () -> task.weight = task.rates.size() == 6 ? Double.NaN : task.weight;
    assertThatThrownBy(() -> run(new Pace.Epochs(3), new EpochSettings(4, 1, 0), task))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.where()).isEqualTo("the place");
          assertThat(e.why()).isEqualTo("loss NaN in epoch 1, iteration 2");
        });
    assertThat(task.saves()).containsExactly("BEST 1/0", "LATEST 1/0");
  }

  @Test
  void progressNamesTheStructuresAndEndsAlsoAfterAFailure() {
    List<ProgressEvent> events = new ArrayList<>();
    Descent task = new Descent();
    loop(new Pace.Epochs(2), new EpochSettings(2, 1, 0), task, events::add, new Cancellation())
        .run(TrainingState.start(), log -> {});
    assertThat(events).startsWith(new ProgressEvent.Started("Train", 1000, ""))
        .endsWith(new ProgressEvent.Finished("Train"));
    assertThat(events.get(1)).isEqualTo(new ProgressEvent.Advanced("Train", 0,
        "epoch 0, loss 0.500, rate 0.10000, Dice –"));
    assertThat(events.get(3)).isInstanceOfSatisfying(ProgressEvent.Advanced.class, e -> {
      assertThat(e.done()).isEqualTo(500);
      assertThat(e.detail()).endsWith("Dice Bladder 0.50, Rectum NaN");
    });

    events.clear();
    task.weight = Double.POSITIVE_INFINITY;
    assertThatThrownBy(() -> loop(new Pace.Epochs(2), new EpochSettings(2, 1, 0), task,
        events::add, new Cancellation()).run(TrainingState.start(), log -> {}))
        .isInstanceOf(FiduciaException.class);
    assertThat(events).last().isEqualTo(new ProgressEvent.Finished("Train"));
  }
}
