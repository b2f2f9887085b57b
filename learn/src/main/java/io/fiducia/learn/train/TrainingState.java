package io.fiducia.learn.train;

/**
 * Where a training stands. It is mutable and belongs to the {@link TrainingLoop}; each system stores
 * it in its checkpoints, and builds it again from them to resume.
 */
public final class TrainingState {
  /**
   * A place in a training.
   *
   * @param epoch number of the epoch under way, from 0
   * @param iteration iterations of that epoch that are done
   * @param steps steps taken in all epochs
   */
  public record Position(int epoch, int iteration, int steps) {}

  private final TrainingLog log;
  private int epoch;
  private int iteration;
  private int steps;
  private double lossSum;
  private double elapsedSeconds;
  private double bestEma;

  /**
   * Rebuilds the state of an interrupted training.
   *
   * @param log its finished epochs
   * @param position where it stands
   * @param lossSum see {@link #lossSum()}
   * @param elapsedSeconds see {@link #elapsedSeconds()}
   * @param bestEma see {@link #bestEma()}
   */
  public TrainingState(TrainingLog log, Position position, double lossSum, double elapsedSeconds,
      double bestEma) {
    this.log = log;
    this.epoch = position.epoch();
    this.iteration = position.iteration();
    this.steps = position.steps();
    this.lossSum = lossSum;
    this.elapsedSeconds = elapsedSeconds;
    this.bestEma = bestEma;
  }

  /** The state before the first step. */
  public static TrainingState start() {
    return new TrainingState(new TrainingLog(), new Position(0, 0, 0), 0, 0, Double.NaN);
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

  /** The finished epochs. */
  public TrainingLog log() {
    return log;
  }

  /** Number of the epoch under way, from 0. */
  public int epoch() {
    return epoch;
  }

  /** Iterations of the current epoch that are done. */
  public int iteration() {
    return iteration;
  }

  /** Steps taken in all epochs. */
  public int steps() {
    return steps;
  }

  /** Sum of the losses of the current epoch's iterations. */
  public double lossSum() {
    return lossSum;
  }

  /** Time spent training, in seconds; interruptions and saving do not count. */
  public double elapsedSeconds() {
    return elapsedSeconds;
  }

  /** The highest moving average of the Dice so far; NaN at the start. */
  public double bestEma() {
    return bestEma;
  }
}
