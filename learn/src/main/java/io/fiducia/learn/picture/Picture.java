package io.fiducia.learn.picture;

/**
 * A square image with the label of one structure.
 *
 * @param side pixels along each side
 * @param image intensities, row by row, 0 to 1
 * @param label 1 inside of the structure and 0 elsewhere, row by row
 */
public record Picture(int side, float[] image, float[] label) {
  /** Below this standard deviation there is nothing to see. */
  private static final double FLAT = 0.04;

  public Picture {
    if (image.length != side * side || label.length != side * side) {
      throw new IllegalArgumentException(
          side + " pixels a side, " + image.length + " and " + label.length + " values");
    }
  }

  /** Whether no pixel belongs to the structure. */
  public boolean empty() {
    for (float v : label) {
      if (v > 0) {
        return false;
      }
    }
    return true;
  }

  /** The share of a mask's pixels that belong to it. */
  public static double area(float[] mask) {
    double sum = 0;
    for (float v : mask) {
      sum += v;
    }
    return sum / mask.length;
  }

  /** Whether an image from 0 to 1 varies so little that there is nothing to see. */
  public static boolean isFlat(float[] image) {
    double sum = 0;
    double squares = 0;
    for (float v : image) {
      sum += v;
      squares += v * v;
    }
    double mean = sum / image.length;
    return squares / image.length - mean * mean < FLAT * FLAT;
  }
}
