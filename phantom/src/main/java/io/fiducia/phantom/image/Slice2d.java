package io.fiducia.phantom.image;

import java.util.Arrays;

/** A complex slice whose sides are powers of two, for work in its spatial frequencies. */
final class Slice2d {
  private final Fourier alongX;
  private final Fourier alongY;
  private final int width;
  private final int height;
  final float[] re;
  final float[] im;

  Slice2d(Fourier alongX, Fourier alongY) {
    this.alongX = alongX;
    this.alongY = alongY;
    this.width = alongX.length();
    this.height = alongY.length();
    this.re = new float[width * height];
    this.im = new float[width * height];
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  void forward() {
    transform(true);
  }

  void inverse() {
    transform(false);
  }

  private void transform(boolean forward) {
    float[] r = new float[width];
    float[] m = new float[width];
    for (int j = 0; j < height; j++) {
      System.arraycopy(re, j * width, r, 0, width);
      System.arraycopy(im, j * width, m, 0, width);
      one(alongX, r, m, forward);
      System.arraycopy(r, 0, re, j * width, width);
      System.arraycopy(m, 0, im, j * width, width);
    }
    r = Arrays.copyOf(r, height);
    m = Arrays.copyOf(m, height);
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < height; j++) {
        r[j] = re[j * width + i];
        m[j] = im[j * width + i];
      }
      one(alongY, r, m, forward);
      for (int j = 0; j < height; j++) {
        re[j * width + i] = r[j];
        im[j * width + i] = m[j];
      }
    }
  }

  private static void one(Fourier fourier, float[] r, float[] m, boolean forward) {
    if (forward) {
      fourier.forward(r, m);
    } else {
      fourier.inverse(r, m);
    }
  }
}
