package io.fiducia.nnunet.run;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the run of a fold reads and writes.
 *
 * @param preprocessed the dataset's folder of plans and preprocessed cases
 * @param models where models go
 * @param raw the dataset's raw folder, where it is known; it need not exist: training and validation
 *     read preprocessed cases
 */
public record FoldFolders(Path preprocessed, Models models, Optional<Path> raw) {
  /** Gives each model its folder. */
  @FunctionalInterface
  public interface Models {
    /** The folder of a model; it need not exist. */
    Path folder(String trainer, String plans, String configuration);

    /** Folders {@code TRAINER__PLANS__CONFIGURATION} as nnU-Net names them, in the dataset's folder. */
    static Models in(Path dataset) {
      return (trainer, plans, configuration) -> dataset
          .resolve(trainer + "__" + plans + "__" + configuration);
    }
  }
}
