package io.fiducia.metrics.surface;

/**
 * The voxels of a mask that share a face, or in a plane an edge, with the background; what lies outside
 * the image is background: {@code mask ^ scipy.ndimage.binary_erosion(mask)}.
 */
final class BoundaryVoxels {
  private BoundaryVoxels() {}

  /** The boundary of the reference and of the prediction, in the order of {@link Side}. */
  static PointSet[] of(MaskPair pair) {
    boolean plane = pair.lattice().plane();
    return new PointSet[]{of(pair.mask(Side.REFERENCE), plane),
      of(pair.mask(Side.PREDICTION), plane)};
  }

  private static PointSet of(BitRows mask, boolean plane) {
    BitRows edge = new BitRows(mask.nx, mask.ny, mask.nz);
    for (int w = 0; w < edge.words.length; w++) {
      edge.words[w] = mask.boundary(w, plane);
    }
    return new PointSet(edge);
  }
}
