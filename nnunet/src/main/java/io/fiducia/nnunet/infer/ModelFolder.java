package io.fiducia.nnunet.infer;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A trained model as nnU-Net stores it: plans.json and dataset.json, and one folder with checkpoints
 * per fold.
 */
public record ModelFolder(Path folder, Plans plans, DatasetJson dataset) {
  /**
   * One fold's weights.
   *
   * @param configuration the configuration's name, such as 3d_fullres
   * @param mirrorAxes axes that the training mirrored; empty: mirroring is not allowed
   */
  public record Fold(Path file, String configuration, String trainer, List<Integer> mirrorAxes,
      Map<String, StoredTensor> weights) {}

  /** Opens a model folder. @throws FiduciaException BAD_INPUT if a file is missing */
  public static ModelFolder open(Path folder) {
    for (String name : List.of("plans.json", "dataset.json")) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw FiduciaException.badInput("this is no nnU-Net model folder", folder,
            name + " is missing",
            "give the folder named TRAINER__PLANS__CONFIGURATION, which holds plans.json, dataset.json"
                + " and fold_0");
      }
    }
    return new ModelFolder(folder, Plans.read(folder.resolve("plans.json")),
        DatasetJson.read(folder.resolve("dataset.json")));
  }

  /** The folds that have a checkpoint of this name, in order, {@code all} left out as in nnU-Net. */
  public List<String> folds(String checkpointName) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(p -> Files.exists(p.resolve(checkpointName)))
          .map(p -> p.getFileName().toString()).filter(n -> n.matches("fold_\\d+"))
          .map(n -> n.substring("fold_".length()))
          .sorted(java.util.Comparator.comparingInt(Integer::parseInt)).toList();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the model folder", folder, String.valueOf(e),
          "check that it may be read", e);
    }
  }

  /** Reads one fold's checkpoint. */
  public Fold fold(String fold, String checkpointName) {
    Path file = folder.resolve("fold_" + fold).resolve(checkpointName);
    if (!Files.isRegularFile(file)) {
      throw FiduciaException.badInput("no such checkpoint", file,
          "folds with " + checkpointName + ": " + folds(checkpointName),
          "choose another fold or another checkpoint");
    }
    if (!(CheckpointReader.read(file).root() instanceof Map<?, ?> root)
        || !(root.get("network_weights") instanceof Map<?, ?> stored)
        || !(root.get("init_args") instanceof Map<?, ?> init)) {
      throw FiduciaException.badInput("this is no nnU-Net checkpoint", file,
          "expected network_weights and init_args",
          "give a checkpoint that nnU-Net or Fiducia wrote");
    }
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    stored.forEach((key, value) -> {
      if (value instanceof StoredTensor t) {
        String name = String.valueOf(key);
        // Upstream's data-parallel training prefixes every name.
        weights.put(name.startsWith("module.") ? name.substring("module.".length()) : name, t);
      }
    });
    List<Integer> axes = new ArrayList<>();
    Object allowed = root.get("inference_allowed_mirroring_axes");
    if (allowed instanceof List<?> l) {
      l.forEach(a -> axes.add(((Number) a).intValue()));
    }
    // Absent or None: as upstream, nothing is mirrored.
    return new Fold(file, String.valueOf(init.get("configuration")),
        String.valueOf(root.get("trainer_name")), List.copyOf(axes), weights);
  }
}
