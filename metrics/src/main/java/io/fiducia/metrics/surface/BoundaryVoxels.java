package io.fiducia.metrics.surface;

/**
 * The voxels of a mask that share a face with the background; what lies outside the image is
 * background: {@code mask ^ scipy.ndimage.binary_erosion(mask)}.
 */
final class BoundaryVoxels {
  private BoundaryVoxels() {}

  /** The boundary of the reference and of the prediction, in the order of {@link Side}. */
  static PointSet[] of(MaskPair pair) {
    return new PointSet[]{of(pair.mask(Side.REFERENCE)), of(pair.mask(Side.PREDICTION))};
  }

  private static PointSet of(BitRows mask) {
    BitRows edge = new BitRows(mask.nx, mask.ny, mask.nz);
    for (int w = 0; w < edge.words.length; w++) {
      edge.words[w] = mask.boundary(w, false);
    }
    return new PointSet(edge);
  }
}
