package io.fiducia.learn.train;

import io.fiducia.base.Cancellation;
import java.util.List;

/**
 * What a {@link TrainingLoop} needs of one network's own training: a step, a validation, and saving.
 * An implementation holds the network, its optimiser and its data; checkpoints have the system's own
 * format.
 */
public interface TrainingTask {
  /** What a saved state is for. */
  enum SaveAs {
    /** To resume: everything that the next step depends on. */
    LATEST,
    /** To be used: the weights of the highest moving average of the Dice so far. */
    BEST,
    /** To be used: the weights at the end of the training. */
    FINAL
  }

  /**
   * The result of a validation.
   *
   * @param loss mean loss of the batches
   * @param dice of each structure; NaN for one that no batch held
   */
  record Validation(double loss, List<Double> dice) {
    public Validation {
      dice = List.copyOf(dice);
    }
  }

  /**
   * Takes one step of the optimiser and returns the loss before it.
   *
   * @param at where the training stands: the step is that of the iteration {@code at.iteration()}
   * @param learningRate the learning rate of this step
   */
  double step(TrainingState at, double learningRate);

  /**
   * Validates the model as it would be used (with averaged weights, if there are).
   *
   * @param batches number of batches to validate on
   * @param cancellation after a request to stop the task returns at once; its result is not used
   */
  Validation validate(int batches, Cancellation cancellation);

  /**
   * Saves, whole or not at all.
   *
   * @param as what for
   * @param state where the training stands; to be stored along with the weights
   */
  void save(SaveAs as, TrainingState state);
}
