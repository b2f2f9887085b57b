package io.fiducia.universeg.train;

/**
 * A square image with the label of one structure.
 *
 * @param side pixels along each side
 * @param image intensities, row by row, 0 to 1
 * @param label 1 inside of the structure and 0 elsewhere, row by row
 */
record Picture(int side, float[] image, float[] label) {
  Picture {
    if (image.length != side * side || label.length != side * side) {
      throw new IllegalArgumentException(
          side + " pixels a side, " + image.length + " and " + label.length + " values");
    }
  }

  /** Whether no pixel belongs to the structure. */
  boolean empty() {
    for (float v : label) {
      if (v > 0) {
        return false;
      }
    }
    return true;
  }
}
