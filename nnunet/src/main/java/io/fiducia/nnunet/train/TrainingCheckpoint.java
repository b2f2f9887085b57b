package io.fiducia.nnunet.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.OrderedState;
import io.fiducia.torch.checkpoint.PyNone;
import io.fiducia.torch.checkpoint.PyTuple;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.optim.GradScaler;
import io.fiducia.torch.optim.Optimizer;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Training checkpoints in nnU-Net's form: the same keys, readable by {@code torch.load} with {@code
 * weights_only=True}. What nnU-Net does not know (the place inside an epoch, averaged weights) stands
 * under one key of our own, {@code fiducia}, which it ignores.
 */
final class TrainingCheckpoint {
  private static final String OURS = "fiducia";

  private TrainingCheckpoint() {}

  /**
   * Writes a checkpoint whole or not at all.
   *
   * @param forUse whether the file is for prediction alone, so that the averaged weights, which then
   *     are the network's, need not be stored twice
   */
  static void write(TrainingJob job, TrainingSettings settings, String name, UNet network,
      Optimizer optimizer, Optional<GradScaler> scaler, List<Tensor> average, TrainingState state,
      boolean forUse) {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("network_weights", stored(network.state()));
    root.put("optimizer_state", optimizer.stateForCheckpoint());
    root.put("grad_scaler_state", scaler.<Object>map(GradScaler::stateForCheckpoint)
        .orElse(PyNone.NONE));
    root.put("logging", state.log().toMap());
    root.put("_best_ema", Double.isNaN(state.bestEma()) ? PyNone.NONE : state.bestEma());
    root.put("current_epoch", state.epoch());
    Map<String, Object> init = new LinkedHashMap<>();
    init.put("plans", job.origin().plans());
    init.put("configuration", job.network().configuration().name());
    String fold = job.fold().name();
    init.put("fold", fold.matches("\\d+") ? Integer.valueOf(fold) : fold);
    init.put("dataset_json", job.origin().dataset());
    init.put("device", "cpu");
    root.put("init_args", init);
    root.put("trainer_name", job.origin().trainerName());
    root.put("inference_allowed_mirroring_axes", settings.batches().mirrorAxes().isEmpty()
        ? PyNone.NONE
        : PyTuple.copyOf(settings.batches().mirrorAxes()));
    Map<String, Object> ours = new LinkedHashMap<>();
    ours.put("iteration", state.iteration());
    ours.put("steps", state.steps());
    ours.put("loss_sum", state.lossSum());
    ours.put("elapsed_seconds", state.elapsedSeconds());
    ours.put("seed", settings.batches().seed().value());
    job.transfer().ifPresent(t -> ours.put("recipe", t.recipe().name()));
    ours.put("epoch_steps", state.log().rows().stream().map(TrainingLog.Row::steps).toList());
    if (!forUse && !average.isEmpty()) {
      OrderedState weights = new OrderedState();
      List<NamedTensor> parameters = network.parameters();
      for (int p = 0; p < average.size(); p++) {
        weights.put(parameters.get(p).name(), stored(average.get(p)));
      }
      ours.put("averaged_weights", weights);
    }
    root.put(OURS, ours);
    CheckpointWriter.writePth(job.fold().folder().resolve(name), root);
  }

  /** Restores network, optimiser and averaged weights from checkpoint_latest.pth, or starts anew. */
  static TrainingState resume(TrainingJob job, boolean resume, UNet network, Optimizer optimizer,
      Optional<GradScaler> scaler, List<Tensor> average) {
    Optional<Path> found = new TrainingCheckpoints(job.fold().folder()).toResumeFrom();
    if (!resume || found.isEmpty()) {
      return TrainingState.start();
    }
    Path file = found.get();
    Checkpoint checkpoint = CheckpointReader.read(file);
    Map<?, ?> root = map(file, "the checkpoint", checkpoint.root());
    network.load(tensors(file, root.get("network_weights"))).requireComplete(file);
    optimizer.load(map(file, "optimizer_state", root.get("optimizer_state")));
    Map<?, ?> ours = root.get(OURS) instanceof Map<?, ?> m ? m : Map.of();
    if (root.get("grad_scaler_state") instanceof Map<?, ?> state) {
      scaler.ifPresent(s -> s.load(state));
    }
    String recipe = ours.get("recipe") instanceof String word ? word : "none";
    if (!recipe.equals(job.transfer().map(t -> t.recipe().name()).orElse("none"))) {
      throw FiduciaException.badInput("this training was begun in another way", file,
          "recipe " + recipe + " then, " + job.transfer().map(t -> t.recipe().name()).orElse("none")
              + " now",
          "go on with the same --init and --recipe, or start anew with --overwrite");
    }
    if (!average.isEmpty()) {
      Map<String, StoredTensor> weights = ours.containsKey("averaged_weights")
          ? tensors(file, ours.get("averaged_weights"))
          : tensors(file, root.get("network_weights"));
      List<NamedTensor> parameters = network.parameters();
      for (int p = 0; p < average.size(); p++) {
        StoredTensor w = weights.get(parameters.get(p).name());
        if (w == null) {
          throw damaged(file, "averaged weights of " + parameters.get(p).name() + " are missing");
        }
        Tensor t = Tensor.of(w.toFloats(), average.get(p).device(), w.shape());
        average.get(p).copy_(t);
      }
    }
    TrainingLog log = TrainingLog.fromMap(map(file, "logging", root.get("logging")),
        ours.get("epoch_steps") instanceof List<?> l ? l : List.of());
    return new TrainingState(log, number(root, "current_epoch", 0).intValue(),
        number(ours, "iteration", 0).intValue(), number(ours, "steps", log.steps()).intValue(),
        number(ours, "loss_sum", 0).doubleValue(), number(ours, "elapsed_seconds", 0).doubleValue(),
        number(root, "_best_ema", Double.NaN).doubleValue());
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

  private static Map<String, StoredTensor> tensors(Path file, Object value) {
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
        "start anew without --c, or give back the original file");
  }
}
