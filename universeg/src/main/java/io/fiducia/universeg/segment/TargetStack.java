package io.fiducia.universeg.segment;

import io.fiducia.core.Modality;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.slice.SliceSampler;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import io.fiducia.volume.FloatVolume;
import java.util.Arrays;

/**
 * Slices of the image to be segmented, as a network reads them.
 *
 * @param view where they lie
 * @param values intensities from 0 to 1, slice after slice
 */
record TargetStack(SliceView view, float[] values) {
  /** Cuts slices in the way that those of the support were cut. */
  static TargetStack cut(FloatVolume image, Modality modality, IntensityWindow scale,
      SliceView view) {
    short[] kept = StructureStack.stored(SliceSampler.image(image, view), modality);
    float[] values = new float[kept.length];
    for (int i = 0; i < kept.length; i++) {
      values[i] = StructureStack.value(kept[i], scale);
    }
    return new TargetStack(view, values);
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
