package io.fiducia.learn.train;

import java.util.ArrayList;
import java.util.List;

/**
 * The results of each epoch of a training. Dice here is nnU-Net's pseudo Dice: over validation batches
 * as if they were one case.
 */
public final class TrainingLog {
  private final List<Row> rows = new ArrayList<>();

  /**
   * One epoch.
   *
   * @param dicePerStructure in the order of the labels; NaN for a structure that no patch held
   * @param emaDice moving average of the mean Dice, 0.9 old and 0.1 new
   * @param startSeconds and {@code endSeconds}: Unix time
   */
  public record Row(double trainLoss, double validationLoss, List<Double> dicePerStructure,
      double meanDice, double emaDice, double learningRate, double startSeconds, double endSeconds,
      int steps) {
    public Row {
      dicePerStructure = List.copyOf(dicePerStructure);
    }
  }

  /** Adds the next epoch. */
  public void add(Row row) {
    rows.add(row);
  }

  /** The epochs so far, in order. */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /** Steps taken in all epochs. */
  public int steps() {
    return rows.stream().mapToInt(Row::steps).sum();
  }

  /** The moving average after another epoch's mean Dice; the first value starts it. */
  public double nextEma(double meanDice) {
    if (rows.isEmpty()) {
      return meanDice;
    }
    double last = rows.get(rows.size() - 1).emaDice();
    return Double.isNaN(meanDice)
        ? last
        : Double.isNaN(last) ? meanDice : 0.9 * last + 0.1 * meanDice;
  }

  /**
   * Epochs since the one with the highest moving average, the first of several; -1 before the first
   * epoch.
   */
  public int epochsSinceBest() {
    int best = 0;
    for (int e = 1; e < rows.size(); e++) {
      best = rows.get(e).emaDice() > rows.get(best).emaDice() ? e : best;
    }
    return rows.size() - 1 - best;
  }
}
