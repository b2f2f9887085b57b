package io.fiducia.nnunet.train;

import io.fiducia.learn.train.TrainingLog;
import io.fiducia.learn.train.TrainingLog.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A training's log as nnU-Net's logger stores it in checkpoints: one list per quantity. */
final class LoggingState {
  private LoggingState() {}

  /** The dictionary of nnU-Net's logger; the steps per epoch have no place in it. */
  static Map<String, Object> of(TrainingLog log) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("mean_fg_dice", column(log, Row::meanDice));
    map.put("ema_fg_dice", column(log, Row::emaDice));
    map.put("dice_per_class_or_region", column(log, Row::dicePerStructure));
    map.put("train_losses", column(log, Row::trainLoss));
    map.put("val_losses", column(log, Row::validationLoss));
    map.put("lrs", column(log, Row::learningRate));
    map.put("epoch_start_timestamps", column(log, Row::startSeconds));
    map.put("epoch_end_timestamps", column(log, Row::endSeconds));
    return map;
  }

  private static List<Object> column(TrainingLog log, Function<Row, Object> field) {
    return new ArrayList<>(log.rows().stream().map(field).toList());
  }

  /**
   * Rebuilds the log from a checkpoint. What is missing in the dictionary is not a number in the log.
   *
   * @param map the dictionary
   * @param steps steps per epoch; may be shorter, as in files of nnU-Net
   */
  static TrainingLog toLog(Map<?, ?> map, List<?> steps) {
    TrainingLog log = new TrainingLog();
    for (int i = 0; i < list(map.get("train_losses")).size(); i++) {
      List<Double> dice = list(at(map, "dice_per_class_or_region", i)).stream()
          .map(LoggingState::number).toList();
      log.add(new Row(number(at(map, "train_losses", i)), number(at(map, "val_losses", i)), dice,
          number(at(map, "mean_fg_dice", i)), number(at(map, "ema_fg_dice", i)),
          number(at(map, "lrs", i)), number(at(map, "epoch_start_timestamps", i)),
          number(at(map, "epoch_end_timestamps", i)),
          i < steps.size() && steps.get(i) instanceof Number n ? n.intValue() : 0));
    }
    return log;
  }

  private static Object at(Map<?, ?> map, String key, int i) {
    List<?> list = list(map.get(key));
    return i < list.size() ? list.get(i) : Double.NaN;
  }

  private static List<?> list(Object value) {
    return value instanceof List<?> l ? l : List.of();
  }

  private static double number(Object value) {
    return value instanceof Number n ? n.doubleValue() : Double.NaN;
  }
}
