package io.fiducia.universeg.segment;

import io.fiducia.core.Modality;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.slice.IntensityScale;
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
  private static final int PIXELS = NetworkShape.SIDE * NetworkShape.SIDE;

  /** Cuts slices in the way that those of the support were cut. */
  static TargetStack cut(FloatVolume image, Modality modality, IntensityScale scale,
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
    return Arrays.copyOfRange(values, k * PIXELS, (k + 1) * PIXELS);
  }

  /** Whether a slice shows nothing: one intensity alone, as outside of an image. */
  boolean isBlank(int k) {
    float first = values[k * PIXELS];
    for (int i = k * PIXELS + 1; i < (k + 1) * PIXELS; i++) {
      if (values[i] != first) {
        return false;
      }
    }
    return true;
  }
}
