package io.fiducia.learn.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each epoch of a training came to, kept in checkpoints under the keys of nnU-Net's logger.
 * Dice here is nnU-Net's pseudo Dice: over validation patches as if they were one case.
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

  public void add(Row row) {
    rows.add(row);
  }

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

  /** nnU-Net's logging dictionary; {@code steps} is ours and ignored there. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("mean_fg_dice", column(Row::meanDice));
    map.put("ema_fg_dice", column(Row::emaDice));
    map.put("dice_per_class_or_region", column(Row::dicePerStructure));
    map.put("train_losses", column(Row::trainLoss));
    map.put("val_losses", column(Row::validationLoss));
    map.put("lrs", column(Row::learningRate));
    map.put("epoch_start_timestamps", column(Row::startSeconds));
    map.put("epoch_end_timestamps", column(Row::endSeconds));
    return map;
  }

  private List<Object> column(java.util.function.Function<Row, Object> field) {
    return new ArrayList<>(rows.stream().map(field).toList());
  }

  /** Rebuilds the log from a checkpoint; {@code steps} may be shorter for files of nnU-Net. */
  public static TrainingLog fromMap(Map<?, ?> map, List<?> steps) {
    TrainingLog log = new TrainingLog();
    List<?> losses = list(map, "train_losses");
    for (int i = 0; i < losses.size(); i++) {
      List<Double> dice = new ArrayList<>();
      if (list(map, "dice_per_class_or_region").get(i) instanceof List<?> values) {
        values.forEach(v -> dice.add(((Number) v).doubleValue()));
      }
      log.add(new Row(at(map, "train_losses", i), at(map, "val_losses", i), dice,
          at(map, "mean_fg_dice", i), at(map, "ema_fg_dice", i), at(map, "lrs", i),
          at(map, "epoch_start_timestamps", i), at(map, "epoch_end_timestamps", i),
          i < steps.size() ? ((Number) steps.get(i)).intValue() : 0));
    }
    return log;
  }

  private static List<?> list(Map<?, ?> map, String key) {
    return map.get(key) instanceof List<?> l ? l : List.of();
  }

  private static double at(Map<?, ?> map, String key, int i) {
    List<?> l = list(map, key);
    return i < l.size() && l.get(i) instanceof Number n ? n.doubleValue() : Double.NaN;
  }
}
