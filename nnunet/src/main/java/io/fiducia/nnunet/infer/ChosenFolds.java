package io.fiducia.nnunet.infer;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.plan.Configuration;
import java.util.List;

/**
 * The checkpoints of a model folder that options choose, read and checked, but not yet in a network.
 *
 * @param folds at least one
 * @param configuration the one that the first fold was trained with
 */
record ChosenFolds(ModelFolder model, List<ModelFolder.Fold> folds, Configuration configuration) {
  /**
   * Reads the checkpoints.
   *
   * @throws FiduciaException BAD_INPUT if there is no such fold, a file is damaged, or the plans lack
   *     its configuration
   */
  static ChosenFolds read(ModelFolder model, ModelOptions.Weights weights) {
    List<String> names = weights.folds().isEmpty()
        ? model.folds(weights.checkpoint())
        : weights.folds();
    if (names.isEmpty()) {
      throw FiduciaException.badInput("the model has no trained fold", model.folder(),
          "no fold_N/" + weights.checkpoint(),
          "train first, or name another checkpoint, such as checkpoint_latest.pth");
    }
    List<ModelFolder.Fold> folds = names.stream().map(f -> model.fold(f, weights.checkpoint()))
        .toList();
    return new ChosenFolds(model, folds,
        model.plans().configuration(folds.get(0).configuration()));
  }

  /** Network inputs: image channels, and in a second stage one more per label of the first stage. */
  int inputs() {
    return model.dataset().channels().size() + (configuration.previousStage().isPresent()
        ? model.dataset().labelSet().foregroundValues().size()
        : 0);
  }
}
