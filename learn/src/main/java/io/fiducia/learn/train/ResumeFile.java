package io.fiducia.learn.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.OrderedState;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.LoadReport;
import io.fiducia.torch.nn.StoredTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state of a training between two steps, in a file that {@code torch.load} reads: weights, their average,
 * the optimiser, the settings and where the training stands.
 */
public final class ResumeFile {
  /** Usual name of the file in the training's folder. */
  public static final String NAME = "checkpoint_latest.pth";

  private static final String WEIGHTS = "network_weights";
  private static final String AVERAGE = "averaged_weights";
  private static final String OPTIMIZER = "optimizer_state";
  private static final String SETTINGS = "settings";
  private static final String POSITION = "position";
  private static final String LOG = "log";
  private static final int LOG_COLUMNS = 8;

  private final Checkpoint file;

  private ResumeFile(Checkpoint file) {
    this.file = file;
  }

  /**
   * What a training changes.
   *
   * @param weights all tensors to store
   * @param parameters those that are averaged, in the order of the average
   */
  public record Parts(Map<String, Tensor> weights, List<NamedTensor> parameters,
      MixedPrecisionStep descent, AveragedWeights average) {
    public Parts {
      weights = new LinkedHashMap<>(weights);
      parameters = List.copyOf(parameters);
    }
  }

  /**
   * Writes the state, whole or not at all.
   *
   * @param settings of the training, as texts by name
   */
  public static void write(Path file, Map<String, String> settings, Parts parts,
      TrainingState state) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put(WEIGHTS, new OrderedState(StoredTensors.toStored(parts.weights())));
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

  private static OrderedState average(Parts parts) {
    OrderedState out = new OrderedState();
    List<Tensor> average = parts.average().tensors();
    for (int p = 0; p < average.size(); p++) {
      out.put(parts.parameters().get(p).name(), StoredTensors.toStored(average.get(p)));
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

  /**
   * Reads a file.
   *
   * @throws FiduciaException BAD_INPUT if it is no state of a training
   */
  public static ResumeFile read(Path file) {
    ResumeFile out = new ResumeFile(CheckpointReader.read(file));
    out.map(SETTINGS);
    out.map(POSITION);
    return out;
  }

  /** The settings of the training. */
  public Map<String, String> settings() {
    Map<String, String> out = new LinkedHashMap<>();
    map(SETTINGS).forEach((k, v) -> out.put(String.valueOf(k), String.valueOf(v)));
    return out;
  }

  /**
   * Checks that the training that goes on is the one that was begun.
   *
   * @param now its settings
   * @param free names of settings that may differ
   * @throws FiduciaException BAD_INPUT naming the first setting that differs
   */
  public void requireSettings(Map<String, String> now, Set<String> free) {
    Map<String, String> then = settings();
    now.forEach((name, value) -> {
      String before = then.getOrDefault(name, "not known");
      if (!free.contains(name) && !before.equals(value)) {
        throw FiduciaException.badInput("this training was begun with other settings",
            file.file(), name + ": " + before + " then, " + value + " now",
            "go on with the same settings, choose another output folder, or start again from the"
                + " beginning");
      }
    });
  }

  /** The setting {@code seed}. */
  public long seed() {
    try {
      return Long.parseLong(settings().getOrDefault("seed", ""));
    } catch (NumberFormatException e) {
      throw damaged("the seed is missing");
    }
  }

  /**
   * Restores weights, optimiser and averages, and returns where the training stood.
   *
   * @throws FiduciaException BAD_INPUT if a part is missing or does not fit
   */
  public TrainingState restore(Parts parts) {
    LoadReport.copy(file.stateDict(WEIGHTS), parts.weights()).requireComplete(file.file(),
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

  private void restoreAverage(Parts parts) {
    Map<String, StoredTensor> stored = file.stateDict(AVERAGE);
    List<Tensor> average = parts.average().tensors();
    try (TorchScope scope = TorchScope.open("restored averages")) {
      for (int p = 0; p < average.size(); p++) {
        String name = parts.parameters().get(p).name();
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
    return FiduciaException.badInput("this is no checkpoint of such a training", file.file(), why,
        "start again from the beginning, or restore the original file");
  }
}
