package io.fiducia.learn.augment;

/**
 * A change of one channel's intensities with all its parameters fixed. Each kind also has a {@code
 * draw} that fixes them at random. The kinds and ranges are those of nnU-Net v2 (Isensee et al.,
 * 2021), applied in the order that {@link Augmentation} gives.
 */
sealed interface IntensityTransform
    permits
    GaussianNoise,
    GaussianBlur,
    Brightness,
    Contrast,
    LowResolution,
    Gamma {

  /** Changes the {@code shape.voxels()} values from {@code offset} on, in place. */
  void apply(float[] data, int offset, PatchShape shape, Workspace workspace);
}
