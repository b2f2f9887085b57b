package io.fiducia.nnunet.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.learn.train.TrainingState;
import io.fiducia.learn.train.TrainingTask.SaveAs;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.OrderedState;
import io.fiducia.torch.checkpoint.PyNone;
import io.fiducia.torch.checkpoint.PyTuple;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.optim.GradScaler;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training checkpoint in nnU-Net's form: the same keys, readable by {@code torch.load} with {@code
 * weights_only=True}. What nnU-Net does not know (the place inside an epoch, the seed, averaged
 * weights) stands under one key of our own, {@code fiducia}, which it ignores.
 */
final class TrainingCheckpoint {
  private static final String OURS = "fiducia";
  private static final String NO_RECIPE = "none";

  private final Path file;
  private Map<?, ?> root;
  private Map<?, ?> ours;

  private TrainingCheckpoint(Path file, Map<?, ?> root) {
    this.file = file;
    this.root = root;
    this.ours = root.get(OURS) instanceof Map<?, ?> m ? m : Map.of();
  }

  /**
   * Writes a checkpoint into the fold's folder, whole or not at all.
   *
   * @param as the name; a file that is to be used, not resumed from, gets the averaged weights as the
   *     network's, and does not store them twice
   */
  static void write(TrainingJob job, TrainingSettings settings, TrainingParts parts, SaveAs as,
      TrainingState state) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("network_weights", stored(parts.network().state()));
    root.put("optimizer_state", parts.descent().optimizer().stateForCheckpoint());
    root.put("grad_scaler_state", parts.descent().scaler()
        .<Object>map(GradScaler::stateForCheckpoint).orElse(PyNone.NONE));
    root.put("logging", LoggingState.of(state.log()));
    root.put("_best_ema", Double.isNaN(state.bestEma()) ? PyNone.NONE : state.bestEma());
    root.put("current_epoch", state.epoch());
    root.put("init_args", initArgs(job));
    root.put("trainer_name", job.origin().trainerName());
    List<Integer> mirrorAxes = settings.batches().mirrorAxes();
    root.put("inference_allowed_mirroring_axes",
        mirrorAxes.isEmpty() ? PyNone.NONE : PyTuple.copyOf(mirrorAxes));
    root.put(OURS, ours(job, settings, parts, as, state));
    CheckpointWriter.writePth(job.fold().folder().resolve(name(as)), root);
  }

  private static String name(SaveAs as) {
    return switch (as) {
      case LATEST -> TrainingCheckpoints.LATEST;
      case BEST -> TrainingCheckpoints.BEST;
      case FINAL -> TrainingCheckpoints.FINAL;
    };
  }

  private static Map<String, Object> initArgs(TrainingJob job) {
    String fold = job.fold().name();
    Map<String, Object> init = new LinkedHashMap<>();
    init.put("plans", job.origin().plans());
    init.put("configuration", job.network().configuration().name());
    init.put("fold", fold.matches("\\d+") ? Integer.valueOf(fold) : fold);
    init.put("dataset_json", job.origin().dataset());
    init.put("device", "cpu");
    return init;
  }

  private static Map<String, Object> ours(TrainingJob job, TrainingSettings settings,
      TrainingParts parts, SaveAs as, TrainingState state) {
    Map<String, Object> ours = new LinkedHashMap<>();
    ours.put("iteration", state.iteration());
    ours.put("steps", state.steps());
    ours.put("loss_sum", state.lossSum());
    ours.put("elapsed_seconds", state.elapsedSeconds());
    ours.put("seed", settings.batches().seed().value());
    job.transfer().ifPresent(t -> ours.put("recipe", t.recipe().name()));
    ours.put("epoch_steps", state.log().rows().stream().map(TrainingLog.Row::steps).toList());
    List<Tensor> average = parts.average().tensors();
    if (as == SaveAs.LATEST && !average.isEmpty()) {
      OrderedState weights = new OrderedState();
      List<NamedTensor> parameters = parts.network().parameters();
      for (int p = 0; p < average.size(); p++) {
        weights.put(parameters.get(p).name(), stored(average.get(p)));
      }
      ours.put("averaged_weights", weights);
    }
    return ours;
  }

  /**
   * Reads a checkpoint.
   *
   * @throws FiduciaException BAD_INPUT if the file is none
   */
  static TrainingCheckpoint read(Path file) {
    return new TrainingCheckpoint(file,
        map(file, "the checkpoint", CheckpointReader.read(file).root()));
  }

  /**
   * Checks that a training may resume from here with the job's recipe.
   *
   * @throws FiduciaException BAD_INPUT naming both recipes if they differ
   */
  void requireSameRecipe(TrainingJob job) {
    String then = ours.get("recipe") instanceof String word ? word : NO_RECIPE;
    String now = job.transfer().map(t -> t.recipe().name()).orElse(NO_RECIPE);
    if (!then.equals(now)) {
      throw FiduciaException.badInput("this training was begun in another way", file,
          "recipe " + then + " then, " + now + " now",
          "go on with the same --init and --recipe, or start anew with --overwrite");
    }
  }

  /**
   * The settings with the seed that a training which resumes from here uses: the checkpoint's. Those
   * of nnU-Net name no seed; then the settings stay as they are.
   *
   * @throws FiduciaException BAD_INPUT naming both seeds if another one was chosen
   */
  TrainingSettings withSeedOfTheStart(TrainingSettings settings) {
    if (!(ours.get("seed") instanceof Number then)) {
      return settings;
    }
    TrainingSettings.Seed now = settings.batches().seed();
    if (now.chosen() && now.value() != then.longValue()) {
      throw FiduciaException.badInput("this training was started with another seed", file,
          "seed " + then.longValue() + " then, " + now.value() + " now",
          "resume with the same seed or without naming one, or start again from the beginning");
    }
    return settings.with(new TrainingSettings.Seed(then.longValue(), now.chosen()));
  }

  /**
   * Restores network, optimiser, scaler and averaged weights, and returns where the training stood.
   * Call it once: it lets go of what was read, which would take as much memory as the training's own
   * state for as long as the training lasts.
   *
   * @throws FiduciaException BAD_INPUT if a part is missing or does not fit
   */
  TrainingState restore(TrainingParts parts) {
    Map<String, StoredTensor> weights = tensors(root.get("network_weights"));
    parts.network().load(weights).requireComplete(file, UNet.FITTING);
    restoreOptimizer(parts);
    if (root.get("grad_scaler_state") instanceof Map<?, ?> state) {
      parts.descent().scaler().ifPresent(s -> s.load(state));
    }
    restoreAverage(parts, ours.containsKey("averaged_weights")
        ? tensors(ours.get("averaged_weights"))
        : weights);
    TrainingLog log = log();
    TrainingState state = new TrainingState(log,
        new TrainingState.Position(number(root, "current_epoch", 0).intValue(),
            number(ours, "iteration", 0).intValue(),
            number(ours, "steps", log.steps()).intValue()),
        number(ours, "loss_sum", 0).doubleValue(), number(ours, "elapsed_seconds", 0).doubleValue(),
        number(root, "_best_ema", Double.NaN).doubleValue());
    root = Map.of();
    ours = Map.of();
    return state;
  }

  /** The course of the training so far. @throws FiduciaException BAD_INPUT if it is missing */
  TrainingLog log() {
    return LoggingState.toLog(map(file, "logging", root.get("logging")),
        ours.get("epoch_steps") instanceof List<?> l ? l : List.of());
  }

  private void restoreOptimizer(TrainingParts parts) {
    Map<?, ?> state = map(file, "optimizer_state", root.get("optimizer_state"));
    try {
      parts.descent().optimizer().load(state);
    } catch (FiduciaException e) {
      throw new FiduciaException(e.kind(), e.what(), file + ", " + e.where(), e.why(), e.advice(),
          e);
    }
  }

  private void restoreAverage(TrainingParts parts, Map<String, StoredTensor> weights) {
    List<NamedTensor> parameters = parts.network().parameters();
    List<Tensor> average = parts.average().tensors();
    try (TorchScope scope = TorchScope.open("restored averages")) {
      for (int p = 0; p < average.size(); p++) {
        String name = parameters.get(p).name();
        StoredTensor w = Optional.ofNullable(weights.get(name)).orElseThrow(
            () -> damaged(file, "averaged weights of " + name + " are missing"));
        average.get(p).copy_(Tensor.of(w.toFloats(), average.get(p).device(), w.shape()));
      }
    }
  }

  /** A network's state as stored tensors; names that are aliases of one tensor share it. */
  private static OrderedState stored(Map<String, Tensor> state) {
    Map<Tensor, StoredTensor> seen = new IdentityHashMap<>();
    OrderedState result = new OrderedState();
    state.forEach(
        (name, t) -> result.put(name, seen.computeIfAbsent(t, TrainingCheckpoint::stored)));
    return result;
  }

  private static StoredTensor stored(Tensor t) {
    return StoredTensor.ofFloats(t.toFloats(), t.shape());
  }

  private static Number number(Map<?, ?> map, String key, Number otherwise) {
    return map.get(key) instanceof Number n ? n : otherwise;
  }

  private static Map<?, ?> map(Path file, String what, Object value) {
    if (value instanceof Map<?, ?> m) {
      return m;
    }
    throw damaged(file, what + " is missing or no dictionary");
  }

  private Map<String, StoredTensor> tensors(Object value) {
    Map<String, StoredTensor> result = new LinkedHashMap<>();
    map(file, "network_weights", value).forEach((k, v) -> {
      if (v instanceof StoredTensor t) {
        result.put(String.valueOf(k), t);
      }
    });
    return result;
  }

  private static FiduciaException damaged(Path file, String why) {
    return FiduciaException.badInput("this is no training checkpoint", file, why,
        "start again from the beginning, or restore the original file");
  }
}
