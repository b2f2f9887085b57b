package io.fiducia.resample;

import java.util.Arrays;

/**
 * Where the output samples of one axis lie on the input axis, in voxel coordinates. Taps outside the
 * axis repeat its first or last voxel.
 */
final class AxisSamples {
  private final int inputSize;
  private final double[] coordinates;
  private final boolean identity;

  private AxisSamples(int inputSize, double[] coordinates, boolean identity) {
    this.inputSize = inputSize;
    this.coordinates = coordinates;
    this.identity = identity;
  }

  /** The map that keeps the field of view: output voxel o lies at (o + 1/2) in/out - 1/2. */
  static AxisSamples pixelCentred(int in, int out) {
    double[] c = new double[out];
    double scale = (double) in / out;
    for (int o = 0; o < out; o++) {
      c[o] = (o + 0.5) * scale - 0.5;
    }
    return new AxisSamples(in, c, in == out);
  }

  /** The map that leaves an axis as it is. */
  static AxisSamples identity(int size) {
    return pixelCentred(size, size);
  }

  int inputSize() {
    return inputSize;
  }

  int outputSize() {
    return coordinates.length;
  }

  double coordinate(int o) {
    return coordinates[o];
  }

  /** Whether every output voxel is the input voxel of the same index. */
  boolean isIdentity() {
    return identity;
  }

  /** The nearest input voxel of each output voxel; exact halves go up. */
  int[] nearest() {
    int[] index = new int[coordinates.length];
    for (int o = 0; o < index.length; o++) {
      index[o] = clamp((int) Math.floor(coordinates[o] + 0.5));
    }
    return index;
  }

  /**
   * Two-tap weights for order 0 (the second weight is zero) or order 1.
   */
  Taps taps(int order) {
    int m = coordinates.length;
    if (order == 0 || identity) {
      int[] index = nearest();
      double[] one = new double[m];
      Arrays.fill(one, 1);
      return new Taps(index, index, one, new double[m], identity);
    }
    int[] lo = new int[m];
    int[] hi = new int[m];
    double[] w0 = new double[m];
    double[] w1 = new double[m];
    for (int o = 0; o < m; o++) {
      double floor = Math.floor(coordinates[o]);
      lo[o] = clamp((int) floor);
      hi[o] = clamp((int) floor + 1);
      w0[o] = 1 - (coordinates[o] - floor);
      w1[o] = 1 - w0[o];
    }
    return new Taps(lo, hi, w0, w1, false);
  }

  private int clamp(int i) {
    return Math.max(0, Math.min(inputSize - 1, i));
  }

  /** For each output voxel its two input voxels and their weights. */
  record Taps(int[] lo, int[] hi, double[] w0, double[] w1, boolean identity) {
    int size() {
      return lo.length;
    }
  }
}
