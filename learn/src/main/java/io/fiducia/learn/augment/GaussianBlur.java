package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;

/**
 * Smooths along each axis with a normal kernel of the given standard deviations in voxels, reflecting
 * at the border without repeating it. A 2D patch is not smoothed across its single slice.
 */
record GaussianBlur(double sigmaZ, double sigmaY, double sigmaX) implements IntensityTransform {
  GaussianBlur {
    for (double sigma : new double[]{sigmaZ, sigmaY, sigmaX}) {
      // The loops below know kernels of 3, 5 and 7 taps.
      if (!(sigma >= 0.4 && sigma <= 1)) {
        throw new IllegalArgumentException("blur of sigma " + sigma + ", known are 0.4 to 1");
      }
    }
  }

  static GaussianBlur draw(SeededRandom random) {
    return new GaussianBlur(
        Draws.uniform(random, 0.5, 1),
        Draws.uniform(random, 0.5, 1),
        Draws.uniform(random, 0.5, 1));
  }

  @Override
  public void apply(float[] data, int offset, PatchShape shape, Workspace workspace) {
    if (!shape.flat()) {
      float[] kernel = kernel(sigmaZ);
      for (int y = 0; y < shape.y(); y++) {
        blurRows(
            data, offset + y * shape.x(), shape.plane(), shape.z(), shape.x(), kernel, workspace);
      }
    }
    float[] kernelY = kernel(sigmaY);
    float[] kernelX = kernel(sigmaX);
    for (int z = 0; z < shape.z(); z++) {
      int plane = offset + z * shape.plane();
      blurRows(data, plane, shape.x(), shape.y(), shape.x(), kernelY, workspace);
      for (int y = 0; y < shape.y(); y++) {
        blurAlong(data, plane + y * shape.x(), shape.x(), kernelX, workspace);
      }
    }
  }

  /** The kernel of odd length about 6 sigma (3, 5 or 7 for sigmas from 0.5 to 1), of sum 1. */
  static float[] kernel(double sigma) {
    double length = sigma * 6 + 0.5;
    int rounded = (int) Math.rint(length);
    if (rounded % 2 == 0) {
      rounded += length - rounded >= 0 ? 1 : -1;
    }
    int half = rounded / 2;
    float[] kernel = new float[rounded];
    double sum = 0;
    for (int i = 0; i < rounded; i++) {
      double d = (i - half) / sigma;
      kernel[i] = (float) StrictMath.exp(-0.5 * d * d);
      sum += kernel[i];
    }
    for (int i = 0; i < rounded; i++) {
      kernel[i] = (float) (kernel[i] / sum);
    }
    return kernel;
  }

  /** Mirrors an index outside [0, size) to one inside; the border is not repeated. */
  private static int reflect(int i, int size) {
    if (size == 1) {
      return 0;
    }
    int period = 2 * (size - 1);
    int r = Math.floorMod(i, period);
    return r < size ? r : period - r;
  }

  /** Mixes whole rows with their neighbours {@code stride} apart: the blur along a slower axis. */
  private static void blurRows(
      float[] data, int base, int stride, int rows, int width, float[] kernel,
      Workspace workspace) {
    int half = kernel.length / 2;
    float[] rowsIn = workspace.scratch((rows + 2 * half) * width);
    for (int r = -half; r < rows + half; r++) {
      int from = base + reflect(r, rows) * stride;
      System.arraycopy(data, from, rowsIn, (r + half) * width, width);
    }
    for (int r = 0; r < rows; r++) {
      convolve(rowsIn, (r + half) * width, width, kernel, data, base + r * stride, width);
    }
  }

  private static void blurAlong(
      float[] data, int base, int width, float[] kernel, Workspace workspace) {
    int half = kernel.length / 2;
    float[] row = workspace.scratch(width + 2 * half);
    System.arraycopy(data, base, row, half, width);
    for (int i = 0; i < half; i++) {
      row[half - 1 - i] = data[base + reflect(-1 - i, width)];
      row[half + width + i] = data[base + reflect(width + i, width)];
    }
    convolve(row, half, 1, kernel, data, base, width);
  }

  /** Writes the weighted sums of values {@code step} apart about {@code at}, at {@code count} places. */
  private static void convolve(
      float[] from, int at, int step, float[] kernel, float[] to, int toAt, int count) {
    int half = kernel.length / 2;
    float k0 = kernel[half];
    float k1 = kernel[half + 1];
    int a1 = at - step;
    int b1 = at + step;
    if (half == 1) {
      for (int i = 0; i < count; i++) {
        to[toAt + i] = k0 * from[at + i] + k1 * (from[a1 + i] + from[b1 + i]);
      }
      return;
    }
    float k2 = kernel[half + 2];
    int a2 = at - 2 * step;
    int b2 = at + 2 * step;
    if (half == 2) {
      for (int i = 0; i < count; i++) {
        to[toAt + i] = k0 * from[at + i] + k1 * (from[a1 + i] + from[b1 + i])
            + k2 * (from[a2 + i] + from[b2 + i]);
      }
      return;
    }
    float k3 = kernel[half + 3];
    int a3 = at - 3 * step;
    int b3 = at + 3 * step;
    for (int i = 0; i < count; i++) {
      to[toAt + i] = k0 * from[at + i] + k1 * (from[a1 + i] + from[b1 + i])
          + k2 * (from[a2 + i] + from[b2 + i]) + k3 * (from[a3 + i] + from[b3 + i]);
    }
  }
}
