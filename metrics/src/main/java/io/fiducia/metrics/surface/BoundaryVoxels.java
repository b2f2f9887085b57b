package io.fiducia.metrics.surface;

/**
 * The voxels of a mask that share a face with the background; what lies outside the image is
 * background: {@code mask ^ scipy.ndimage.binary_erosion(mask)}.
 */
final class BoundaryVoxels {
  private BoundaryVoxels() {}

  /** The boundary of the reference and of the prediction, in the order of {@link Side}. */
  static PointSet[] of(MaskPair pair) {
    PointSet.Builder reference = new PointSet.Builder(pair.ny, pair.nz);
    PointSet.Builder prediction = new PointSet.Builder(pair.ny, pair.nz);
    byte[] cells = pair.cells;
    int row1 = pair.nx;
    int slice1 = pair.nx * pair.ny;
    for (int row = 0; row < pair.rowFirst.length; row++) {
      int last = row * pair.nx + pair.rowLast[row];
      for (int i = row * pair.nx + pair.rowFirst[row]; i <= last; i++) {
        int inside = cells[i - 1] & cells[i + 1] & cells[i - row1] & cells[i + row1]
            & cells[i - slice1] & cells[i + slice1];
        int edge = cells[i] & ~inside;
        if (edge != 0) {
          int x = i - row * pair.nx;
          if ((edge & Side.REFERENCE.bit) != 0) {
            reference.add(x);
          }
          if ((edge & Side.PREDICTION.bit) != 0) {
            prediction.add(x);
          }
        }
      }
      reference.endRow(row);
      prediction.endRow(row);
    }
    return new PointSet[]{reference.build(), prediction.build()};
  }
}
