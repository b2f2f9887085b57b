package io.fiducia.learn.picture;

/**
 * The square of a picture that an example shows.
 *
 * @param centreX 0 at the picture's left border, 1 at its right
 * @param centreY 0 at the picture's upper border, 1 at its lower
 * @param side length of its sides, as a share of the picture's
 */
public record Crop(double centreX, double centreY, double side) {
  /** The crop moved by a share of its own side. */
  public Crop moved(double x, double y) {
    return new Crop(centreX + x * side, centreY + y * side, side);
  }

  /** The middle of a mask's box, and its longer side; of an empty mask the middle half. */
  public static Crop around(float[] mask, int side) {
    int left = side;
    int right = -1;
    int top = side;
    int bottom = -1;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i] > 0) {
        left = Math.min(left, i % side);
        right = Math.max(right, i % side);
        top = Math.min(top, i / side);
        bottom = Math.max(bottom, i / side);
      }
    }
    if (right < 0) {
      return new Crop(0.5, 0.5, 0.5);
    }
    return new Crop((left + right + 1) / 2.0 / side, (top + bottom + 1) / 2.0 / side,
        (Math.max(right - left, bottom - top) + 1) / (double) side);
  }
}
