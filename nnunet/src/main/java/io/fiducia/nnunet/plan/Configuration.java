package io.fiducia.nnunet.plan;

import java.util.List;
import java.util.Optional;

/**
 * One configuration of a plan, inheritance resolved. Lists are in the axes of the transposed arrays:
 * (z, y, x), or (y, x) in 2D.
 *
 * @param name such as 3d_fullres
 * @param dataIdentifier folder of its preprocessed data
 * @param previousStage the configuration whose prediction a cascade feeds in
 */
public record Configuration(String name, String dataIdentifier, String preprocessorName,
    int batchSize, List<Integer> patchSize, List<Double> medianImageSizeInVoxels,
    List<Double> spacing, List<String> normalizationSchemes, List<Boolean> useMaskForNorm,
    Resampling data, Resampling seg, Resampling probabilities, Architecture architecture,
    boolean batchDice, Optional<String> previousStage) {
  public Configuration {
    patchSize = List.copyOf(patchSize);
    medianImageSizeInVoxels = List.copyOf(medianImageSizeInVoxels);
    spacing = List.copyOf(spacing);
    normalizationSchemes = List.copyOf(normalizationSchemes);
    useMaskForNorm = List.copyOf(useMaskForNorm);
  }
}
