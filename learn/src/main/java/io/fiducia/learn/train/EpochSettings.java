package io.fiducia.learn.train;

/**
 * What a full epoch is, and when a training that improves no more ends.
 *
 * @param iterations optimiser steps between two validations
 * @param validationIterations batches per validation
 * @param patience the training ends early after this many epochs in a row without a higher moving
 *     average of the Dice; 0: never
 */
public record EpochSettings(int iterations, int validationIterations, int patience) {
  public EpochSettings {
    if (iterations < 1 || validationIterations < 0 || patience < 0) {
      throw new IllegalArgumentException(iterations + " iterations per epoch, "
          + validationIterations + " for validation, patience " + patience);
    }
  }
}
