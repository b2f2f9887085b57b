package io.fiducia.nnunet.augment;

import io.fiducia.base.SeededRandom;

/**
 * Raises the values, scaled to [0, 1], to the power {@code gamma}, then gives them their range, mean
 * and standard deviation back. {@code inverted} does the same to the negated image and negates again.
 *
 * <p>The power is computed as exp2(gamma log2 v) by short polynomials; its error is below 3e-7 of the
 * image's range.
 */
record Gamma(float gamma, boolean inverted) implements IntensityTransform {
  private static final float LEAST_RANGE = 1e-7f;
  private static final float TWO_OVER_LN2 = 2.8853900817779268f;
  private static final int SQRT_HALF_BITS = 0x3f3504f3;

  static Gamma draw(SeededRandom random, boolean inverted) {
    return new Gamma((float) Draws.aroundOne(random, 0.7, 1.5), inverted);
  }

  @Override
  public void apply(float[] data, int offset, PatchShape shape, Workspace workspace) {
    int count = shape.voxels();
    int end = offset + count;
    Moments before = Moments.of(data, offset, count);
    float range = before.max() - before.min();
    float perRange = 1 / Math.max(range, LEAST_RANGE);
    float sign = inverted ? -1 : 1;
    // Of the negated image the least value is the negated largest.
    float least = inverted ? -before.max() : before.min();
    for (int i = offset; i < end; i++) {
      float v = Math.max((sign * data[i] - least) * perRange, 0f);
      data[i] = power(v, gamma) * range + least;
    }
    Moments after = Moments.of(data, offset, count);
    float factor = sign * (float) (before.std() / Math.max(after.std(), LEAST_RANGE));
    float here = (float) after.mean();
    float mean = (float) before.mean();
    for (int i = offset; i < end; i++) {
      data[i] = (data[i] - here) * factor + mean;
    }
  }

  /** {@code v} to the power {@code gamma}, for v in [0, 1] and a gamma of ordinary size. */
  static float power(float v, float gamma) {
    int bits = Float.floatToRawIntBits(v);
    int exponent = (bits - SQRT_HALF_BITS) >> 23;
    float m = Float.intBitsToFloat(bits - (exponent << 23));
    float s = (m - 1) / (m + 1);
    float q = s * s;
    float log2 = exponent
        + s * TWO_OVER_LN2
            * (1 + q * (0.33333334f + q * (0.2f + q * (0.14285715f + q * 0.11111111f))));
    // Below 2^-126 the result is as good as zero; this also carries v = 0.
    float y = Math.max(gamma * log2, -126f);
    int k = (int) (y - 0.5f);
    float f = y - k;
    float e = 1 + f * (0.6931472f + f * (0.2402265f + f * (0.05550411f + f * (0.009618129f
        + f * (0.0013333558f + f * (0.00015403530f + f * 0.000015252734f))))));
    return Float.intBitsToFloat((k + 127) << 23) * e;
  }
}
