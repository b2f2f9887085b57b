package io.fiducia.metrics;

import io.fiducia.geometry.Geometry;
import io.fiducia.resample.GridSampler;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;

/**
 * How a prediction is brought onto the reference's grid where the two differ. Outside the
 * prediction's field of view there is background.
 */
public enum Resampling {
  /** Each voxel of the reference takes the label of the nearest voxel of the prediction. */
  NEAREST,
  /**
   * Each mask is interpolated linearly between 0 and 1 and holds what is at least one half. Two
   * structures of one label map may then both hold a voxel halfway between them.
   */
  LINEAR;

  /** The mask of some labels on another grid, as labels 0 and 1. */
  LabelVolume apply(LabelVolume map, boolean[] members, Geometry target) {
    short[] in = map.data();
    if (this == NEAREST) {
      short[] mask = new short[in.length];
      for (int i = 0; i < in.length; i++) {
        mask[i] = (short) (members[Math.max(in[i], 0)] ? 1 : 0);
      }
      return GridSampler.sampleLabels(new LabelVolume(map.geometry(), mask), target, (short) 0);
    }
    float[] inside = new float[in.length];
    for (int i = 0; i < in.length; i++) {
      inside[i] = members[Math.max(in[i], 0)] ? 1 : 0;
    }
    float[] share = GridSampler.sample(new FloatVolume(map.geometry(), inside), target, 1, 0)
        .data();
    short[] mask = new short[share.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (short) (share[i] >= 0.5f ? 1 : 0);
    }
    return new LabelVolume(target, mask);
  }
}
