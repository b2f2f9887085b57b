package io.fiducia.learn.augment;

/**
 * Raises runs of numbers in [0, 1] to one power, as exp2(power log2 v) by short polynomials; the error
 * is below 3e-7. Each loop is kept to few operations of one kind, because the compiler turns only
 * such loops into vector instructions: together they take a tenth of the time of one long loop.
 */
final class PowerBlock {
  static final int SIZE = 512;
  private static final int SQRT_HALF_BITS = 0x3f3504f3;
  private static final float TWO_OVER_LN2 = 2.8853900817779268f;

  private final float power;
  private final int[] bits = new int[SIZE];
  private final int[] whole = new int[SIZE];
  private final float[] mantissa = new float[SIZE];
  private final float[] y = new float[SIZE];

  PowerBlock(float power) {
    this.power = power;
  }

  /** Raises the first {@code count} numbers, at most {@link #SIZE}, in place. */
  void raise(float[] v, int count) {
    toBits(v, bits, count);
    exponents(bits, whole, count);
    mantissas(bits, whole, count);
    toFloats(bits, mantissa, count);
    logarithms(mantissa, whole, power, y, count);
    wholes(y, whole, count);
    fractions(y, whole, count);
    scales(whole, bits, count);
    toFloats(bits, mantissa, count);
    for (int i = 0; i < count; i++) {
      v[i] = mantissa[i] * y[i];
    }
  }

  private static void toBits(float[] v, int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      bits[i] = Float.floatToRawIntBits(v[i]);
    }
  }

  private static void toFloats(int[] bits, float[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[i] = Float.intBitsToFloat(bits[i]);
    }
  }

  /** The exponent that leaves a mantissa between the square roots of 1/2 and 2. */
  private static void exponents(int[] bits, int[] exponent, int count) {
    for (int i = 0; i < count; i++) {
      exponent[i] = (bits[i] - SQRT_HALF_BITS) >> 23;
    }
  }

  private static void mantissas(int[] bits, int[] exponent, int count) {
    for (int i = 0; i < count; i++) {
      bits[i] -= exponent[i] << 23;
    }
  }

  /** power log2 v, by the series of the inverse hyperbolic tangent. */
  private static void logarithms(
      float[] mantissa, int[] exponent, float power, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      float s = (mantissa[i] - 1) / (mantissa[i] + 1);
      float q = s * s;
      float series = 1 + q * (0.33333334f + q * (0.2f + q * (0.14285715f + q * 0.11111111f)));
      // Below 2^-126 the result is as good as zero; this also carries v = 0.
      y[i] = Math.max(power * (exponent[i] + s * TWO_OVER_LN2 * series), -126f);
    }
  }

  /** The nearest whole number of y, which is not above 0. */
  private static void wholes(float[] y, int[] whole, int count) {
    for (int i = 0; i < count; i++) {
      whole[i] = (int) (y[i] - 0.5f);
    }
  }

  /** 2 to what is left of y, by the series of the exponential. */
  private static void fractions(float[] y, int[] whole, int count) {
    for (int i = 0; i < count; i++) {
      float f = y[i] - whole[i];
      y[i] = 1 + f * (0.6931472f + f * (0.2402265f + f * (0.05550411f + f * (0.009618129f
          + f * (0.0013333558f + f * (0.00015403530f + f * 0.000015252734f))))));
    }
  }

  private static void scales(int[] whole, int[] bits, int count) {
    for (int i = 0; i < count; i++) {
      bits[i] = (whole[i] + 127) << 23;
    }
  }
}
