package io.fiducia.nnunet.cases;

import java.util.List;

/** Index arithmetic on row-major (z, y, x) arrays; shapes are slowest axis first. */
public final class Grids {
  private Grids() {}

  public static int[] shapeOf(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  public static List<Integer> listOf(int[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }

  /** The number of voxels; an array's limit of 2^31 - 1 is checked where arrays are made. */
  public static int voxels(int[] shape) {
    return Math.multiplyExact(Math.multiplyExact(shape[0], shape[1]), shape[2]);
  }

  static boolean isIdentity(int[] axes) {
    return axes[0] == 0 && axes[1] == 1 && axes[2] == 2;
  }

  /** {@code result[i] = values[axes[i]]}. */
  public static int[] permute(int[] values, int[] axes) {
    return new int[]{values[axes[0]], values[axes[1]], values[axes[2]]};
  }

  public static double[] permute(double[] values, int[] axes) {
    return new double[]{values[axes[0]], values[axes[1]], values[axes[2]]};
  }

  /** The permutation that undoes {@code axes}. */
  static int[] inverse(int[] axes) {
    int[] inverse = new int[3];
    for (int i = 0; i < 3; i++) {
      inverse[axes[i]] = i;
    }
    return inverse;
  }

  /** The array whose axis {@code i} is the source's axis {@code axes[i]}. */
  public static float[] transpose(float[] data, int[] shape, int[] axes) {
    if (isIdentity(axes)) {
      return data;
    }
    float[] out = new float[data.length];
    Walk walk = new Walk(shape, axes);
    int o = 0;
    for (int a = 0; a < walk.n0; a++) {
      for (int b = 0; b < walk.n1; b++) {
        int from = a * walk.s0 + b * walk.s1;
        for (int c = 0; c < walk.n2; c++, from += walk.s2) {
          out[o++] = data[from];
        }
      }
    }
    return out;
  }

  /** As {@link #transpose(float[], int[], int[])} for labels. */
  public static short[] transpose(short[] data, int[] shape, int[] axes) {
    if (isIdentity(axes)) {
      return data;
    }
    short[] out = new short[data.length];
    Walk walk = new Walk(shape, axes);
    int o = 0;
    for (int a = 0; a < walk.n0; a++) {
      for (int b = 0; b < walk.n1; b++) {
        int from = a * walk.s0 + b * walk.s1;
        for (int c = 0; c < walk.n2; c++, from += walk.s2) {
          out[o++] = data[from];
        }
      }
    }
    return out;
  }

  private static final class Walk {
    private final int n0;
    private final int n1;
    private final int n2;
    private final int s0;
    private final int s1;
    private final int s2;

    Walk(int[] shape, int[] axes) {
      int[] strides = {shape[1] * shape[2], shape[2], 1};
      n0 = shape[axes[0]];
      n1 = shape[axes[1]];
      n2 = shape[axes[2]];
      s0 = strides[axes[0]];
      s1 = strides[axes[1]];
      s2 = strides[axes[2]];
    }
  }

  /** The part of an array inside half-open bounds. */
  public static float[] crop(float[] data, int[] shape, int[][] bounds) {
    if (isWhole(shape, bounds)) {
      return data;
    }
    int width = bounds[2][1] - bounds[2][0];
    float[] out = new float[voxels(sizes(bounds))];
    int o = 0;
    for (int z = bounds[0][0]; z < bounds[0][1]; z++) {
      for (int y = bounds[1][0]; y < bounds[1][1]; y++, o += width) {
        System.arraycopy(data, (z * shape[1] + y) * shape[2] + bounds[2][0], out, o, width);
      }
    }
    return out;
  }

  /** As {@link #crop(float[], int[], int[][])} for labels. */
  public static short[] crop(short[] data, int[] shape, int[][] bounds) {
    if (isWhole(shape, bounds)) {
      return data;
    }
    int width = bounds[2][1] - bounds[2][0];
    short[] out = new short[voxels(sizes(bounds))];
    int o = 0;
    for (int z = bounds[0][0]; z < bounds[0][1]; z++) {
      for (int y = bounds[1][0]; y < bounds[1][1]; y++, o += width) {
        System.arraycopy(data, (z * shape[1] + y) * shape[2] + bounds[2][0], out, o, width);
      }
    }
    return out;
  }

  public static int[] sizes(int[][] bounds) {
    return new int[]{bounds[0][1] - bounds[0][0], bounds[1][1] - bounds[1][0],
      bounds[2][1] - bounds[2][0]};
  }

  public static boolean isWhole(int[] shape, int[][] bounds) {
    for (int a = 0; a < 3; a++) {
      if (bounds[a][0] != 0 || bounds[a][1] != shape[a]) {
        return false;
      }
    }
    return true;
  }
}
