package io.fiducia.promptable.adapt.train;

/** Dice of what lies above a threshold. */
final class HardDice {
  private HardDice() {}

  /** Dice of values above one threshold and truth above another; 1 if there is neither. */
  static double of(float[] values, float threshold, float[] truth, float truthThreshold) {
    int common = 0;
    int sum = 0;
    for (int i = 0; i < values.length; i++) {
      boolean found = values[i] > threshold;
      boolean wanted = truth[i] > truthThreshold;
      common += found && wanted ? 1 : 0;
      sum += (found ? 1 : 0) + (wanted ? 1 : 0);
    }
    return sum == 0 ? 1 : 2.0 * common / sum;
  }
}
