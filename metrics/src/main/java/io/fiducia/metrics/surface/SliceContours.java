package io.fiducia.metrics.surface;

/**
 * What is compared slice by slice, along the third axis of the image: the contours that a person
 * draws and edits.
 *
 * @param referenceContour pixels of the reference that share an edge, within their slice, with the
 *     background; outside the image is background
 * @param added those of them that are not on the prediction's contour: what a person would have to
 *     draw again (added path length, Vaassen et al., Phys. Imaging Radiat. Oncol. 2020, without
 *     tolerance)
 * @param missingSlices slices between the prediction's first and last that the reference has and the
 *     prediction lacks
 */
public record SliceContours(long referenceContour, long added, int missingSlices) {
  /** Compares two masks slice by slice. */
  public static SliceContours between(MaskPair pair) {
    BitRows reference = pair.mask(Side.REFERENCE);
    BitRows prediction = pair.mask(Side.PREDICTION);
    long contour = 0;
    long added = 0;
    int[] inSlice = new int[pair.nz];
    for (int row = 0; row < reference.rows(); row++) {
      for (int w = reference.start(row); w < reference.start(row + 1); w++) {
        long edge = reference.boundary(w, true);
        contour += Long.bitCount(edge);
        added += Long.bitCount(edge & ~prediction.boundary(w, true));
        inSlice[row / pair.ny] |= (reference.words[w] != 0 ? Side.REFERENCE.bit : 0)
            | (prediction.words[w] != 0 ? Side.PREDICTION.bit : 0);
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
