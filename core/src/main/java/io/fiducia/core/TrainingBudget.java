package io.fiducia.core;

/** How long a system may learn. */
public sealed interface TrainingBudget {
  /** Time by the clock: the result depends on the machine's speed. */
  record Minutes(double minutes) implements TrainingBudget {
    /**
     * Checks the time.
     *
     * @throws IllegalArgumentException if it is not above 0
     */
    public Minutes {
      if (!(minutes > 0)) {
        throw new IllegalArgumentException("a budget of " + minutes + " minutes");
      }
    }
  }

  /** A number of training steps: the result is the same on a fast and on a slow machine. */
  record Iterations(int iterations) implements TrainingBudget {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is not above 0
     */
    public Iterations {
      if (iterations < 1) {
        throw new IllegalArgumentException("a budget of " + iterations + " iterations");
      }
    }
  }
}
