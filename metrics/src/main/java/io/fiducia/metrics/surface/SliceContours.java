package io.fiducia.metrics.surface;

/**
 * What is compared slice by slice, along the third axis of the image: the contours that a person
 * draws and edits.
 *
 * @param referenceContour pixels of the reference that share an edge, within their slice, with the
 *     background; outside the image is background
 * @param added those of them that are not on the prediction's contour: what a person would have to
 *     draw anew (added path length, Vaassen et al., Phys. Imaging Radiat. Oncol. 2020, without
 *     tolerance)
 * @param missingSlices slices between the prediction's first and last that the reference has and the
 *     prediction lacks
 */
public record SliceContours(long referenceContour, long added, int missingSlices) {
  /** Compares two masks slice by slice. */
  public static SliceContours between(MaskPair pair) {
    byte[] cells = pair.cells;
    int row1 = pair.nx;
    long contour = 0;
    long added = 0;
    int[] inSlice = new int[pair.nz];
    for (int row = 0; row < pair.rowFirst.length; row++) {
      int last = row * pair.nx + pair.rowLast[row];
      for (int i = row * pair.nx + pair.rowFirst[row]; i <= last; i++) {
        inSlice[row / pair.ny] |= cells[i];
        int inside = cells[i - 1] & cells[i + 1] & cells[i - row1] & cells[i + row1];
        int edge = cells[i] & ~inside;
        contour += edge & Side.REFERENCE.bit;
        added += edge == Side.REFERENCE.bit ? 1 : 0;
      }
    }
    return new SliceContours(contour, added, missing(inSlice));
  }

  private static int missing(int[] inSlice) {
    int pending = 0;
    int missing = 0;
    boolean started = false;
    for (int bits : inSlice) {
      if ((bits & Side.PREDICTION.bit) != 0) {
        missing += pending;
        pending = 0;
        started = true;
      } else if (started && bits == Side.REFERENCE.bit) {
        pending++;
      }
    }
    return missing;
  }
}
