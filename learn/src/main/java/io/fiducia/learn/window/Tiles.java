package io.fiducia.learn.window;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where the patches of a sliding window lie, and how much each of their voxels counts. */
public final class Tiles {
  /** nnU-Net scales the window's largest weight to this, so that its half floats do not underflow. */
  private static final double PEAK = 10;

  private Tiles() {}

  /**
   * First voxels of the tiles along one axis: {@code ceil((size - patch) / (patch * step)) + 1} of
   * them, evenly spaced, rounded half to even.
   *
   * @param size the (padded) image's extent, at least {@code patch}
   * @param stepFraction distance between tiles as a share of the patch, above 0, at most 1
   */
  public static int[] starts(int size, int patch, double stepFraction) {
    if (size < patch || !(stepFraction > 0) || stepFraction > 1) {
      throw new IllegalArgumentException(
          "size " + size + ", patch " + patch + ", step " + stepFraction);
    }
    if (patch == 1) {
      // A flat patch visits every slice once, whatever the step.
      return java.util.stream.IntStream.range(0, size).toArray();
    }
    int count = (int) Math.ceil((size - patch) / (patch * stepFraction)) + 1;
    int[] starts = new int[count];
    double last = size - patch;
    for (int i = 0; i < count; i++) {
      starts[i] = count == 1 ? 0 : (int) Math.rint(last / (count - 1) * i);
    }
    return starts;
  }

  /** All tiles' first voxels, the last axis fastest. */
  public static List<int[]> grid(int[] size, int[] patch, double stepFraction) {
    List<int[]> tiles = new ArrayList<>();
    tiles.add(new int[0]);
    for (int axis = 0; axis < size.length; axis++) {
      List<int[]> longer = new ArrayList<>();
      for (int[] prefix : tiles) {
        for (int start : starts(size[axis], patch[axis], stepFraction)) {
          int[] tile = Arrays.copyOf(prefix, axis + 1);
          tile[axis] = start;
          longer.add(tile);
        }
      }
      tiles = longer;
    }
    return tiles;
  }

  /**
   * The weight of each voxel of a patch: a Gaussian of sigma patch/8 about voxel patch/2, cut off at
   * four sigma, scaled to a peak of 10 and rounded to half precision, zeros replaced by the smallest
   * other weight. Equals nnU-Net's {@code compute_gaussian} (scipy's filter of a unit impulse).
   */
  public static float[] gaussian(int[] patch) {
    double[][] axes = new double[patch.length][];
    double peak = 1;
    for (int a = 0; a < patch.length; a++) {
      axes[a] = axisWeights(patch[a]);
      peak *= axes[a][patch[a] / 2];
    }
    int voxels = Arrays.stream(patch).reduce(1, Math::multiplyExact);
    float[] weights = new float[voxels];
    float smallest = Float.POSITIVE_INFINITY;
    for (int i = 0; i < voxels; i++) {
      double w = PEAK / peak;
      int rest = i;
      for (int a = patch.length - 1; a >= 0; a--) {
        w *= axes[a][rest % patch[a]];
        rest /= patch[a];
      }
      weights[i] = Float.float16ToFloat(Float.floatToFloat16((float) w));
      if (weights[i] > 0) {
        smallest = Math.min(smallest, weights[i]);
      }
    }
    for (int i = 0; i < voxels; i++) {
      if (weights[i] == 0) {
        weights[i] = smallest;
      }
    }
    return weights;
  }

  private static double[] axisWeights(int patch) {
    double sigma = patch / 8.0;
    int radius = (int) (4 * sigma + 0.5);
    double sum = 0;
    for (int d = -radius; d <= radius; d++) {
      sum += Math.exp(-0.5 * d * d / (sigma * sigma));
    }
    double[] w = new double[patch];
    for (int i = 0; i < patch; i++) {
      int d = i - patch / 2;
      w[i] = Math.abs(d) > radius ? 0 : Math.exp(-0.5 * d * d / (sigma * sigma)) / sum;
    }
    return w;
  }
}
