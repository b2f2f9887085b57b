package io.fiducia.nnunet.cases;

import java.lang.reflect.Array;
import java.util.List;

/** Index arithmetic on row-major (z, y, x) arrays; shapes are slowest axis first. */
public final class Grids {
  private Grids() {}

  /** A list as an array. */
  public static int[] shapeOf(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** An array as a list. */
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

  /** {@code result[i] = values[axes[i]]}. */
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
    walk(shape, axes, (from, step, to, count) -> {
      for (int i = 0; i < count; i++) {
        out[to + i] = data[from + i * step];
      }
    });
    return out;
  }

  /** The label array whose axis {@code i} is the source's axis {@code axes[i]}. */
  public static short[] transpose(short[] data, int[] shape, int[] axes) {
    if (isIdentity(axes)) {
      return data;
    }
    short[] out = new short[data.length];
    walk(shape, axes, (from, step, to, count) -> {
      for (int i = 0; i < count; i++) {
        out[to + i] = data[from + i * step];
      }
    });
    return out;
  }

  /** Copies voxels that follow each other in the result and are {@code step} apart in the source. */
  private interface Line {
    void copy(int from, int step, int to, int count);
  }

  private static void walk(int[] shape, int[] axes, Line line) {
    int[] size = permute(shape, axes);
    int[] stride = permute(new int[]{shape[1] * shape[2], shape[2], 1}, axes);
    int to = 0;
    for (int a = 0; a < size[0]; a++) {
      for (int b = 0; b < size[1]; b++, to += size[2]) {
        line.copy(a * stride[0] + b * stride[1], stride[2], to, size[2]);
      }
    }
  }

  /**
   * The box of an array inside half-open bounds; the array itself where that is all of it.
   *
   * @param <A> float[], short[] or boolean[]
   */
  public static <A> A crop(A data, int[] shape, int[][] bounds) {
    if (isWhole(shape, bounds)) {
      return data;
    }
    A out = like(data, voxels(sizes(bounds)));
    rows(shape, bounds, (whole, part, width) -> System.arraycopy(data, whole, out, part, width));
    return out;
  }

  /**
   * The opposite of {@link #crop}: an array in whose half-open bounds the values of a box lie.
   *
   * @param <A> float[] or short[]
   * @param whole gets the values; what is outside the bounds stays
   */
  static <A> void insert(A box, A whole, int[] shape, int[][] bounds) {
    rows(shape, bounds, (at, part, width) -> System.arraycopy(box, part, whole, at, width));
  }

  @SuppressWarnings("unchecked")
  private static <A> A like(A data, int length) {
    return (A) Array.newInstance(data.getClass().getComponentType(), length);
  }

  private interface Row {
    void at(int whole, int part, int width);
  }

  private static void rows(int[] shape, int[][] bounds, Row row) {
    int width = bounds[2][1] - bounds[2][0];
    int part = 0;
    for (int z = bounds[0][0]; z < bounds[0][1]; z++) {
      for (int y = bounds[1][0]; y < bounds[1][1]; y++, part += width) {
        row.at((z * shape[1] + y) * shape[2] + bounds[2][0], part, width);
      }
    }
  }

  /** Sizes of a box from its half-open bounds. */
  public static int[] sizes(int[][] bounds) {
    return new int[]{bounds[0][1] - bounds[0][0], bounds[1][1] - bounds[1][0],
      bounds[2][1] - bounds[2][0]};
  }

  /** Whether half-open bounds hold everything. */
  static boolean isWhole(int[] shape, int[][] bounds) {
    for (int a = 0; a < 3; a++) {
      if (bounds[a][0] != 0 || bounds[a][1] != shape[a]) {
        return false;
      }
    }
    return true;
  }
}
