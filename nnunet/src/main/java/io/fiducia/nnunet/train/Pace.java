package io.fiducia.nnunet.train;

/**
 * How long a training lasts and how far it has come; the learning rate follows it. Progress runs
 * from 0 to 1.
 */
public sealed interface Pace {
  /** What the next epoch is: its number of iterations (0: training is over) and its progress. */
  record Epoch(int iterations, double startProgress, double endProgress) {
    /** Progress at an iteration of this epoch. */
    double progressAt(int iteration) {
      return startProgress + (endProgress - startProgress) * iteration / Math.max(1, iterations);
    }
  }

  /**
   * The plan of an epoch.
   *
   * @param epoch its number from 0
   * @param iterations iterations of a full epoch
   * @param elapsedSeconds training time so far, interruptions not counted
   * @param epochSeconds what a full epoch takes, estimated
   */
  Epoch next(int epoch, int iterations, double elapsedSeconds, double epochSeconds);

  /** Training that lasts a given number of epochs: the same result wherever it runs. */
  record Epochs(int count) implements Pace {
    @Override
    public Epoch next(int epoch, int iterations, double elapsedSeconds, double epochSeconds) {
      return epoch >= count
          ? new Epoch(0, 1, 1)
          // nnU-Net's learning rate is constant within an epoch.
          : new Epoch(iterations, epoch / (double) count, epoch / (double) count);
    }
  }

  /**
   * Training that ends within a time. Each epoch's progress is read off the clock, so a machine that
   * slows down still reaches the end of its learning-rate schedule in time; the price is that two
   * runs do not take exactly the same steps.
   */
  record Budget(double seconds) implements Pace {
    /** The rest is for checkpoints, whose time is not counted as training, and for the last guess. */
    private static final double USABLE = 0.98;

    @Override
    public Epoch next(int epoch, int iterations, double elapsedSeconds, double epochSeconds) {
      double usable = seconds * USABLE;
      double left = usable - elapsedSeconds;
      if (left <= 0) {
        return new Epoch(0, 1, 1);
      }
      double share = left / epochSeconds;
      // A last stub of a tenth of an epoch would only cost a validation and a checkpoint.
      int n = share >= 1 ? iterations : share < 0.1 && epoch > 0 ? 0 : (int) (iterations * share);
      double end = share >= 1.1 ? (elapsedSeconds + epochSeconds) / usable : 1;
      return new Epoch(epoch == 0 ? Math.max(1, n) : n, elapsedSeconds / usable, end);
    }
  }
}
