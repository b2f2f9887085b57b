package io.fiducia.report;

import java.util.List;

/** How a training went, epoch by epoch; empty where nothing was trained. */
public record TrainingCurve(List<Epoch> epochs) {
  /**
   * One epoch.
   *
   * @param steps training steps of the epoch
   * @param trainLoss mean loss of its steps
   * @param validationLoss mean loss of its validation patches
   * @param dicePerStructure pseudo Dice in the order of the labels; NaN for a structure that no
   *     validation patch held
   */
  public record Epoch(int steps, double trainLoss, double validationLoss,
      List<Double> dicePerStructure) {
    public Epoch {
      dicePerStructure = List.copyOf(dicePerStructure);
    }
  }

  public TrainingCurve {
    epochs = List.copyOf(epochs);
  }
}
