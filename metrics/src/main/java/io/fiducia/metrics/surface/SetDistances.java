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
    PointSet.Builder alone = new PointSet.Builder(pair.ny, pair.nz);
    for (int row = 0; row < pair.rowFirst.length; row++) {
      for (int x = pair.rowFirst[row]; x <= pair.rowLast[row]; x++) {
        if (pair.cells[row * pair.nx + x] == side.bit) {
          alone.add(x);
        }
      }
      alone.endRow(row);
    }
    // From outside, the nearest voxel of a mask is one of its boundary.
    PointSet boundary = BoundaryVoxels.of(pair)[side.other().ordinal()];
    double[] d = new NearestPoints(pair.nx, pair.ny, pair.nz, pair.spacingMm())
        .distancesMm(alone.build(), boundary);
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
