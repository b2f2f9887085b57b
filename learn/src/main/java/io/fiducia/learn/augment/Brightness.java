package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;

/** Multiplies every value by {@code factor}. */
record Brightness(float factor) implements IntensityTransform {
  static Brightness draw(SeededRandom random) {
    return new Brightness((float) Draws.aroundOne(random, 0.75, 1.25));
  }

  @Override
  public void apply(float[] data, int offset, PatchShape shape, Workspace workspace) {
    int end = offset + shape.voxels();
    for (int i = offset; i < end; i++) {
      data[i] *= factor;
    }
  }
}
