package io.fiducia.universeg.segment;

import io.fiducia.universeg.slice.SliceView;

/**
 * What a network found in a stack of slices.
 *
 * @param view where the slices lie
 * @param mean probability of each pixel, over the draws
 * @param spread its standard deviation over the draws
 * @param disagreement 0 where all draws give the same contours, 1 where they share nothing: 1 minus the
 *     mean Dice of each draw's contours and those of the mean
 */
record StackProbabilities(SliceView view, float[] mean, float[] spread, double disagreement) {
  /** The area in a slice with a probability above one half, in mm2. */
  double areaMm2(int slice) {
    int count = 0;
    int pixels = view.pixelsPerSlice();
    for (int i = slice * pixels; i < (slice + 1) * pixels; i++) {
      count += mean[i] > 0.5f ? 1 : 0;
    }
    return count * view.pixelMm() * view.pixelMm();
  }

  /** Empties a slice. */
  void clear(int slice) {
    int pixels = view.pixelsPerSlice();
    for (int i = slice * pixels; i < (slice + 1) * pixels; i++) {
      mean[i] = 0;
      spread[i] = 0;
    }
  }
}
