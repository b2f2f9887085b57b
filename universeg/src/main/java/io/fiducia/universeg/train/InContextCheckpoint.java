package io.fiducia.universeg.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.learn.train.TrainingState;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.OrderedState;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The state of a training between two steps, in a file that {@code torch.load} reads. */
final class InContextCheckpoint {
  /** Name of the file in the training's folder. */
  static final String NAME = "checkpoint_latest.pth";

  private static final String WEIGHTS = "network_weights";
  private static final String AVERAGE = "averaged_weights";
  private static final String OPTIMIZER = "optimizer_state";
  private static final String SETTINGS = "settings";
  private static final String POSITION = "position";
  private static final String LOG = "log";
  private static final int LOG_COLUMNS = 8;

  private final Checkpoint file;

  private InContextCheckpoint(Checkpoint file) {
    this.file = file;
  }

  /** Writes the state, whole or not at all. */
  static void write(Path file, Map<String, String> settings, InContextParts parts,
      TrainingState state) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put(WEIGHTS, parts.state());
    root.put(OPTIMIZER, parts.descent().optimizer().stateForCheckpoint());
    root.put(AVERAGE, average(parts));
    root.put(SETTINGS, new LinkedHashMap<>(settings));
    Map<String, Object> position = new LinkedHashMap<>();
    position.put("epoch", state.epoch());
    position.put("iteration", state.iteration());
    position.put("steps", state.steps());
    position.put("loss_sum", state.lossSum());
    position.put("elapsed_seconds", state.elapsedSeconds());
    position.put("best_ema", state.bestEma());
    root.put(POSITION, position);
    List<Object> rows = new ArrayList<>();
    state.log().rows().forEach(row -> rows.add(row(row)));
    root.put(LOG, rows);
    CheckpointWriter.writePth(file, root);
  }

  private static OrderedState average(InContextParts parts) {
    OrderedState out = new OrderedState();
    List<NamedTensor> parameters = parts.network().parameters();
    List<Tensor> average = parts.average().tensors();
    for (int p = 0; p < average.size(); p++) {
      out.put(parameters.get(p).name(), StoredTensors.toStored(average.get(p)));
    }
    return out;
  }

  private static List<Object> row(TrainingLog.Row row) {
    List<Object> out = new ArrayList<>(List.of(row.trainLoss(), row.validationLoss(),
        row.meanDice(), row.emaDice(), row.learningRate(), row.startSeconds(), row.endSeconds(),
        (double) row.steps()));
    out.addAll(row.dicePerStructure());
    return out;
  }

  /** Reads a checkpoint. @throws FiduciaException BAD_INPUT if the file is none */
  static InContextCheckpoint read(Path file) {
    InContextCheckpoint out = new InContextCheckpoint(CheckpointReader.read(file));
    out.map(SETTINGS);
    out.map(POSITION);
    return out;
  }

  /** The settings of the training. */
  Map<String, String> settings() {
    Map<String, String> out = new LinkedHashMap<>();
    map(SETTINGS).forEach((k, v) -> out.put(String.valueOf(k), String.valueOf(v)));
    return out;
  }

  /** Its seed. */
  long seed() {
    try {
      return Long.parseLong(settings().getOrDefault("seed", ""));
    } catch (NumberFormatException e) {
      throw damaged("the seed is missing");
    }
  }

  /**
   * Restores network, optimiser and averages, and returns where the training stood.
   *
   * @throws FiduciaException BAD_INPUT if a part is missing or does not fit
   */
  TrainingState restore(InContextParts parts) {
    parts.network().load(file.stateDict(WEIGHTS)).requireComplete(file.file(),
        "go on with the training that wrote this checkpoint");
    parts.descent().optimizer().load(map(OPTIMIZER));
    restoreAverage(parts);
    TrainingLog log = new TrainingLog();
    if (!(file.value(LOG).orElse("") instanceof List<?> rows)) {
      throw damaged("the log is missing");
    }
    rows.forEach(row -> log.add(row(row)));
    return new TrainingState(log,
        new TrainingState.Position((int) number("epoch"), (int) number("iteration"),
            (int) number("steps")),
        number("loss_sum"), number("elapsed_seconds"), number("best_ema"));
  }

  private void restoreAverage(InContextParts parts) {
    Map<String, StoredTensor> stored = file.stateDict(AVERAGE);
    List<NamedTensor> parameters = parts.network().parameters();
    List<Tensor> average = parts.average().tensors();
    try (TorchScope scope = TorchScope.open("restored averages")) {
      for (int p = 0; p < average.size(); p++) {
        String name = parameters.get(p).name();
        StoredTensor weight = Optional.ofNullable(stored.get(name))
            .orElseThrow(() -> damaged("the averaged weights of " + name + " are missing"));
        average.get(p).copy_(StoredTensors.toTensor(weight, average.get(p).device()));
      }
    }
  }

  private TrainingLog.Row row(Object value) {
    if (!(value instanceof List<?> row) || row.size() < LOG_COLUMNS) {
      throw damaged("a row of the log is incomplete");
    }
    List<Double> v = row.stream().map(x -> x instanceof Number n ? n.doubleValue() : Double.NaN)
        .toList();
    return new TrainingLog.Row(v.get(0), v.get(1), v.subList(LOG_COLUMNS, v.size()), v.get(2),
        v.get(3), v.get(4), v.get(5), v.get(6), v.get(7).intValue());
  }

  private double number(String key) {
    if (map(POSITION).get(key) instanceof Number n) {
      return n.doubleValue();
    }
    throw damaged(key + " is missing");
  }

  private Map<?, ?> map(String key) {
    if (file.value(key).orElse("") instanceof Map<?, ?> map) {
      return map;
    }
    throw damaged(key + " is missing");
  }

  private FiduciaException damaged(String why) {
    return FiduciaException.badInput("this is no checkpoint of an in-context training",
        file.file(), why, "start again from the beginning, or restore the original file");
  }
}
