package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;

/**
 * Raises the values, scaled to [0, 1], to the power {@code gamma}, then restores their range, mean
 * and standard deviation. {@code inverted} does the same to the negated image and negates again.
 */
record Gamma(float gamma, boolean inverted) implements IntensityTransform {
  private static final float LEAST_RANGE = 1e-7f;

  static Gamma draw(SeededRandom random, boolean inverted) {
    return new Gamma((float) Draws.aroundOne(random, 0.7, 1.5), inverted);
  }

  @Override
  public void apply(float[] data, int offset, PatchShape shape, Workspace workspace) {
    int count = shape.voxels();
    int end = offset + count;
    IntensityMoments before = IntensityMoments.of(data, offset, count);
    float range = before.max() - before.min();
    float perRange = 1 / Math.max(range, LEAST_RANGE);
    float sign = inverted ? -1 : 1;
    // Of the negated image the least value is the negated largest.
    float least = inverted ? -before.max() : before.min();
    PowerBlock powers = new PowerBlock(gamma);
    float[] v = workspace.scratch(PowerBlock.SIZE);
    for (int block = offset; block < end; block += PowerBlock.SIZE) {
      int length = Math.min(PowerBlock.SIZE, end - block);
      for (int i = 0; i < length; i++) {
        v[i] = Math.min(Math.max((sign * data[block + i] - least) * perRange, 0f), 1f);
      }
      powers.raise(v, length);
      for (int i = 0; i < length; i++) {
        data[block + i] = v[i] * range + least;
      }
    }
    IntensityMoments after = IntensityMoments.of(data, offset, count);
    float factor = sign * (float) (before.std() / Math.max(after.std(), LEAST_RANGE));
    float here = (float) after.mean();
    float mean = (float) before.mean();
    for (int i = offset; i < end; i++) {
      data[i] = (data[i] - here) * factor + mean;
    }
  }
}
