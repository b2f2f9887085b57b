package io.fiducia.universeg.segment;

import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;

/**
 * One structure of the image, as probabilities on the part of the image's grid where it may lie.
 *
 * @param structure which
 * @param region the part of the grid; elsewhere the probability is 0
 * @param probability x fastest
 * @param spread standard deviation of the probability over draws and planes
 * @param uncertainty 0 (all draws give the same contours) to 1
 * @param place where the structure was looked for
 * @param likeness how much that place looks like the support's: -1 to 1; 1 if the user gave it
 */
public record StructureResult(Structure structure, Region region, float[] probability,
    float[] spread, double uncertainty, BoxMm place, double likeness) {
  /** The probability on the whole grid of the image. */
  public FloatVolume probabilityOn(Geometry grid) {
    return onGrid(grid, probability);
  }

  /** The spread on the whole grid of the image. */
  public FloatVolume spreadOn(Geometry grid) {
    return onGrid(grid, spread);
  }

  private FloatVolume onGrid(Geometry grid, float[] values) {
    return CropPad.apply(new FloatVolume(region.of(grid), values), region.inverse(grid.size()), 0);
  }
}
