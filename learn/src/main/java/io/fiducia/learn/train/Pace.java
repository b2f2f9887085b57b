package io.fiducia.learn.train;

/**
 * How long a training lasts and how far it has come; the learning rate follows it. Progress runs
 * from 0 to 1.
 */
public sealed interface Pace {
  /**
   * The plan of the current epoch.
   *
   * @param iterations its number of iterations; 0: training is over
   * @param first the first iteration that is still to do, above 0 after an interruption
   * @param startProgress progress at that iteration
   * @param endProgress progress behind the last iteration
   */
  record Epoch(int iterations, int first, double startProgress, double endProgress) {
    static final Epoch OVER = new Epoch(0, 0, 1, 1);

    /** Progress at an iteration of this epoch. */
    public double progressAt(int iteration) {
      return startProgress + (endProgress - startProgress) * (iteration - first)
          / Math.max(1, iterations - first);
    }
  }

  /**
   * The plan of an epoch.
   *
   * @param epoch its number from 0
   * @param already iterations of it that were done before an interruption
   * @param iterations iterations of a full epoch
   * @param elapsedSeconds training time so far, interruptions not counted
   * @param epochSeconds estimated time of a full epoch
   */
  Epoch next(int epoch, int already, int iterations, double elapsedSeconds, double epochSeconds);

  /** Training that lasts a given number of epochs: the same result wherever it runs. */
  record Epochs(int count) implements Pace {
    @Override
    public Epoch next(int epoch, int already, int iterations, double elapsedSeconds,
        double epochSeconds) {
      // nnU-Net's learning rate is constant within an epoch.
      double progress = epoch / (double) count;
      return epoch >= count ? Epoch.OVER : new Epoch(iterations, already, progress, progress);
    }
  }

  /**
   * Training that ends within a time. The progress of each epoch follows from the clock, so a machine that
   * slows down still reaches the end of its learning-rate schedule in time; the price is that two
   * runs do not take exactly the same steps.
   */
  record Budget(double seconds) implements Pace {
    /** The rest is for checkpoints, whose time does not count as training, and for estimation errors. */
    private static final double USABLE = 0.98;
    /** A shorter last epoch is not worth its validation and its checkpoint. */
    private static final double MIN_SHARE = 0.1;

    @Override
    public Epoch next(int epoch, int already, int iterations, double elapsedSeconds,
        double epochSeconds) {
      double usable = seconds * USABLE;
      double left = usable - elapsedSeconds;
      int wanted = Math.max(0, iterations - already);
      double neededSeconds = epochSeconds * Math.max(1, wanted) / iterations;
      if (left <= 0 || left < MIN_SHARE * epochSeconds && epoch > 0 && already == 0) {
        // Steps that were done before an interruption still get their validation.
        return already == 0 ? Epoch.OVER : new Epoch(already, already, 1, 1);
      }
      double share = left / neededSeconds;
      int more = share >= 1 ? wanted : (int) (wanted * share);
      boolean last = left - neededSeconds < MIN_SHARE * epochSeconds;
      int total = Math.max(already + more, epoch == 0 ? 1 : 0);
      return total == 0
          ? Epoch.OVER
          : new Epoch(total, already, elapsedSeconds / usable,
              last ? 1 : (elapsedSeconds + neededSeconds) / usable);
    }
  }
}
