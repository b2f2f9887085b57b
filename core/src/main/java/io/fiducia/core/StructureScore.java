package io.fiducia.core;

import io.fiducia.volume.FloatVolume;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How sure a system is of one structure.
 *
 * @param uncertainty from 0 (sure) to 1 (not sure at all), if the system gives one; what exactly it
 *     measures stands in the segmentation's {@link Provenance}
 * @param probability the probability of each voxel to belong to the structure, if the system has it
 */
public record StructureScore(OptionalDouble uncertainty, Optional<ProbabilityMap> probability) {
  /** Gives a probability map when someone asks for it, since one takes as much memory as an image. */
  @FunctionalInterface
  public interface ProbabilityMap {
    /**
     * The probabilities, from 0 to 1, on the grid of the segmentation.
     *
     * @throws io.fiducia.base.FiduciaException if the map can no longer be read or computed
     */
    FloatVolume read();
  }

  /**
   * Checks the uncertainty.
   *
   * @throws IllegalArgumentException if it lies outside 0 to 1
   */
  public StructureScore {
    if (uncertainty.isPresent()
        && !(uncertainty.getAsDouble() >= 0 && uncertainty.getAsDouble() <= 1)) {
      throw new IllegalArgumentException("uncertainty " + uncertainty.getAsDouble());
    }
  }

  /** A score that is an uncertainty alone. */
  public static StructureScore ofUncertainty(double uncertainty) {
    return new StructureScore(OptionalDouble.of(uncertainty), Optional.empty());
  }
}
