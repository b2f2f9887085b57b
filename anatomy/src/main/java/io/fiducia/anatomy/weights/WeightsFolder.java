package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.ModelSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder of weights in nnU-Net's layout: DATASET/TRAINER__PLANS__CONFIGURATION/fold_N.
 *
 * @param root need not exist
 */
public record WeightsFolder(Path root) {
  /** The model folder of a network, if it is there with its plans. */
  public Optional<Path> find(ModelSource model) {
    Path folder = root.resolve(model.folder()).resolve(model.modelName());
    return Files.isRegularFile(folder.resolve("plans.json"))
        ? Optional.of(folder)
        : Optional.empty();
  }
}
