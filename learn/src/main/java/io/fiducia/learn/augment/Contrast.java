package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;

/** Multiplies the distance from the mean by {@code factor}, then clamps to the range before. */
record Contrast(float factor) implements IntensityTransform {
  static Contrast draw(SeededRandom random) {
    return new Contrast((float) Draws.aroundOne(random, 0.75, 1.25));
  }

  @Override
  public void apply(float[] data, int offset, PatchShape shape, Workspace workspace) {
    int end = offset + shape.voxels();
    IntensityMoments before = IntensityMoments.of(data, offset, shape.voxels());
    float mean = (float) before.mean();
    float min = before.min();
    float max = before.max();
    for (int i = offset; i < end; i++) {
      data[i] = Math.min(Math.max((data[i] - mean) * factor + mean, min), max);
    }
  }
}
