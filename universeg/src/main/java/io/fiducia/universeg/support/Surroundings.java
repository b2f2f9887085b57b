package io.fiducia.universeg.support;

import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.FloatVolume;

/**
 * Where a structure lies in a case, and what the image looks like there: what {@link PlaceFinder} needs.
 *
 * @param box the structure's
 * @param whole the case's image, coarse; one object for all structures of a case
 * @param near the neighbourhood of the structure, finer
 */
public record Surroundings(BoxMm box, ShiftSearch.Block whole, ShiftSearch.Block near) {
  /** Voxels along the longest side of a block; a shift search tries about as many cubed. */
  private static final int VOXELS = 24;
  private static final double NEAR_MARGIN = 0.35;
  private static final double LEAST_MARGIN_MM = 8;

  /** A coarse copy of a whole image. */
  static ShiftSearch.Block whole(FloatVolume image) {
    return block(image, BoxMm.of(image.geometry()));
  }

  /**
   * The surroundings of a structure.
   *
   * @param whole the coarse copy of the image
   */
  static Surroundings of(FloatVolume image, ShiftSearch.Block whole, BoxMm structure) {
    double margin = LEAST_MARGIN_MM;
    for (int a = 0; a < 3; a++) {
      margin = Math.max(margin, NEAR_MARGIN * structure.extent(a));
    }
    return new Surroundings(structure, whole, block(image, structure.grown(margin)));
  }

  private static ShiftSearch.Block block(FloatVolume image, BoxMm box) {
    double longest = Math.max(box.extent(0), Math.max(box.extent(1), box.extent(2)));
    return ShiftSearch.Block.of(image, box, longest / VOXELS);
  }
}
