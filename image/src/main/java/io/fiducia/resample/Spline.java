package io.fiducia.resample;

/**
 * A B-spline through the samples of an image.
 *
 * @param order 0 (nearest sample) to 5
 * @param ends how the image goes on beyond its ends
 */
record Spline(int order, Ends ends) {
  /** What scipy pads an axis with before it computes coefficients. */
  int pad() {
    return order > 1 && ends == Ends.CONSTANT ? SplineTaps.PAD : 0;
  }
}
