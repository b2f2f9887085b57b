package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;

/** Adds independent normal noise of standard deviation {@code sigma}; a seed gives the same noise. */
record GaussianNoise(double sigma, long seed) implements IntensityTransform {
  /** One sigma, uniform in [0, 0.1); upstream calls it a variance but uses it as the standard deviation. */
  static double drawSigma(SeededRandom random) {
    return Draws.uniform(random, 0, 0.1);
  }

  @Override
  public void apply(float[] data, int offset, PatchShape shape, Workspace workspace) {
    SeededRandom random = SeededRandom.of(seed, "noise");
    int end = offset + shape.voxels();
    for (int i = offset; i < end; i++) {
      data[i] += (float) (sigma * Draws.normal(random));
    }
  }
}
