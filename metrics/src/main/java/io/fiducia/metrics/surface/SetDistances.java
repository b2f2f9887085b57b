package io.fiducia.metrics.surface;

/**
 * Distances in mm from every voxel of one mask to the other mask: 0 for the voxels that both hold.
 *
 * @param outside of the voxels that the other mask lacks; infinite if it is empty
 * @param voxels how many voxels the mask has, those in the other mask among them
 */
public record SetDistances(double[] outside, long voxels) {
  /** The distances from a side's voxels to the other side. */
  public static SetDistances from(MaskPair pair, Side side) {
    BitRows own = pair.mask(side);
    BitRows other = pair.mask(side.other());
    BitRows alone = new BitRows(own.nx, own.ny, own.nz);
    for (int w = 0; w < alone.words.length; w++) {
      alone.words[w] = own.words[w] & ~other.words[w];
    }
    // From outside, the nearest voxel of a mask is one of its boundary.
    PointSet boundary = BoundaryVoxels.of(pair)[side.other().ordinal()];
    double[] d = pair.nearest()
        .distancesMm(new PointSet(alone), boundary);
    return new SetDistances(d, pair.voxels(side));
  }

  /** The largest distance; 0 if all voxels are in the other mask. */
  public double largest() {
    double largest = 0;
    for (double d : outside) {
      largest = Math.max(largest, d);
    }
    return largest;
  }

  /** The mean over all voxels of the mask, those at distance 0 included. */
  public double mean() {
    double sum = 0;
    for (double d : outside) {
      sum += d;
    }
    return sum / voxels;
  }
}
