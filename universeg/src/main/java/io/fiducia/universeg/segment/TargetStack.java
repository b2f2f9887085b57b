package io.fiducia.universeg.segment;

import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.slice.SliceSampler;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.volume.FloatVolume;
import java.util.Arrays;

/**
 * Slices of the image to be segmented, as a network reads them.
 *
 * @param view where they lie
 * @param values intensities from 0 to 1, slice after slice
 */
record TargetStack(SliceView view, float[] values) {
  /** Cuts slices. @param window the intensities that become 0 and 1 */
  static TargetStack cut(FloatVolume image, IntensityWindow window, SliceView view) {
    return new TargetStack(view, window.apply(SliceSampler.image(image, view)));
  }

  /** One slice. */
  float[] slice(int k) {
    int pixels = view.pixelsPerSlice();
    return Arrays.copyOfRange(values, k * pixels, (k + 1) * pixels);
  }

  /** Whether a slice shows nothing: one intensity alone, as outside of an image. */
  boolean isBlank(int k) {
    float[] slice = slice(k);
    for (float v : slice) {
      if (v != slice[0]) {
        return false;
      }
    }
    return true;
  }
}
