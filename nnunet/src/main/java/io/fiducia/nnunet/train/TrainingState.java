package io.fiducia.nnunet.train;

import io.fiducia.learn.train.TrainingLog;

/** Where a training stands; mutable, owned by the {@link Trainer}, kept in its checkpoints. */
final class TrainingState {
  private final TrainingLog log;
  private int epoch;
  private int iteration;
  private int steps;
  private double lossSum;
  private double elapsedSeconds;
  private double bestEma;

  TrainingState(TrainingLog log, int epoch, int iteration, int steps, double lossSum,
      double elapsedSeconds, double bestEma) {
    this.log = log;
    this.epoch = epoch;
    this.iteration = iteration;
    this.steps = steps;
    this.lossSum = lossSum;
    this.elapsedSeconds = elapsedSeconds;
    this.bestEma = bestEma;
  }

  static TrainingState start() {
    return new TrainingState(new TrainingLog(), 0, 0, 0, 0, 0, Double.NaN);
  }

  void stepDone(double loss, double seconds) {
    iteration++;
    steps++;
    lossSum += loss;
    elapsedSeconds += seconds;
  }

  void addSeconds(double seconds) {
    elapsedSeconds += seconds;
  }

  void nextEpoch() {
    epoch++;
    iteration = 0;
    lossSum = 0;
  }

  void setBestEma(double value) {
    bestEma = value;
  }

  TrainingLog log() {
    return log;
  }

  int epoch() {
    return epoch;
  }

  /** Iterations of the current epoch that are done. */
  int iteration() {
    return iteration;
  }

  /** Steps in all epochs. */
  int steps() {
    return steps;
  }

  /** Sum of the losses of the current epoch's iterations. */
  double lossSum() {
    return lossSum;
  }

  /** Time spent training, interruptions not counted. */
  double elapsedSeconds() {
    return elapsedSeconds;
  }

  /** The best moving average of the pseudo Dice so far; NaN at the start. */
  double bestEma() {
    return bestEma;
  }
}
