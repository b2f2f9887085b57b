package io.fiducia.phantom.image;

/** The discrete Fourier transform of a power of two of complex numbers (radix 2, in place). */
final class Fourier {
  private final int n;
  private final float[] cos;
  private final float[] sin;

  /** @param n a power of two */
  Fourier(int n) {
    if (Integer.bitCount(n) != 1) {
      throw new IllegalArgumentException("not a power of two: " + n);
    }
    this.n = n;
    this.cos = new float[n / 2];
    this.sin = new float[n / 2];
    for (int i = 0; i < n / 2; i++) {
      cos[i] = (float) Math.cos(2 * Math.PI * i / n);
      sin[i] = (float) Math.sin(2 * Math.PI * i / n);
    }
  }

  /** The smallest power of two that is not below a number. */
  static int fitting(int atLeast) {
    return atLeast <= 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
  }

  int length() {
    return n;
  }

  /** The sum over x of f(x) exp(-2 pi i k x / n), for each k. */
  void forward(float[] re, float[] im) {
    transform(re, im, -1);
  }

  /** The inverse, divided by n. */
  void inverse(float[] re, float[] im) {
    transform(re, im, 1);
    for (int i = 0; i < n; i++) {
      re[i] /= n;
      im[i] /= n;
    }
  }

  private void transform(float[] re, float[] im, int sign) {
    for (int i = 1, j = 0; i < n; i++) {
      int bit = n >> 1;
      for (; (j & bit) != 0; bit >>= 1) {
        j ^= bit;
      }
      j ^= bit;
      if (i < j) {
        float r = re[i];
        re[i] = re[j];
        re[j] = r;
        float m = im[i];
        im[i] = im[j];
        im[j] = m;
      }
    }
    for (int half = 1; half < n; half <<= 1) {
      int stride = n / (2 * half);
      for (int start = 0; start < n; start += 2 * half) {
        for (int k = 0; k < half; k++) {
          float c = cos[k * stride];
          float s = sign * sin[k * stride];
          int a = start + k;
          int b = a + half;
          float r = re[b] * c - im[b] * s;
          float m = re[b] * s + im[b] * c;
          re[b] = re[a] - r;
          im[b] = im[a] - m;
          re[a] += r;
          im[a] += m;
        }
      }
    }
  }
}
