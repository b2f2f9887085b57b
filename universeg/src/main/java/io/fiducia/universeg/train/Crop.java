package io.fiducia.universeg.train;

/**
 * The square of a picture that an example shows.
 *
 * @param centreX 0 at the picture's left border, 1 at its right
 * @param centreY 0 at the picture's upper border, 1 at its lower
 * @param side length of its sides, as a share of the picture's
 */
record Crop(double centreX, double centreY, double side) {
  /** The crop moved by a share of its own side. */
  Crop moved(double x, double y) {
    return new Crop(centreX + x * side, centreY + y * side, side);
  }
}
