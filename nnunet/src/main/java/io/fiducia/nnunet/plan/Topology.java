package io.fiducia.nnunet.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Strides and kernels that fit a patch, by nnU-Net's rules of shape: axes of similar spacing are
 * halved together until they become too short, and a coarse axis keeps kernels of 1 until the others
 * have come up to it.
 *
 * @param strides stride of each stage, per axis; ones for the first
 * @param kernelSizes kernel of each stage, per axis; 3 on every axis of the last
 * @param patch the patch, padded up to what the strides divide
 * @param divisor product of the strides on each axis
 */
record Topology(List<List<Integer>> strides, List<List<Integer>> kernelSizes,
    List<Integer> patch, List<Integer> divisor) {
  public Topology {
    strides = strides.stream().map(List::copyOf).toList();
    kernelSizes = kernelSizes.stream().map(List::copyOf).toList();
    patch = List.copyOf(patch);
    divisor = List.copyOf(divisor);
  }

  /** The topology of a patch with as many stages as it allows. */
  public static Topology of(double[] spacing, int[] patch, int minEdge) {
    return of(spacing, patch, minEdge, Integer.MAX_VALUE);
  }

  /**
   * The topology of a patch.
   *
   * @param spacing per axis, in any unit
   * @param patch size per axis
   * @param minEdge shortest edge of the last stage's feature maps; nnU-Net takes 4
   * @param maxStages no more stages than this
   */
  public static Topology of(double[] spacing, int[] patch, int minEdge, int maxStages) {
    return of(spacing, Arrays.stream(patch).asDoubleStream().toArray(), minEdge, maxStages);
  }

  /** The topology of a patch whose sizes need not be whole, as medians are not. */
  static Topology of(double[] spacing, double[] patch, int minEdge, int maxStages) {
    int axes = spacing.length;
    double[] space = spacing.clone();
    double[] size = patch.clone();
    int[] kernel = filled(axes, 1);
    int[] divisor = filled(axes, 1);
    List<List<Integer>> strides = new ArrayList<>();
    List<List<Integer>> kernels = new ArrayList<>();
    strides.add(list(kernel));
    while (strides.size() < maxStages) {
      boolean[] pooled = pooledAxes(space, size, minEdge);
      int count = 0;
      int single = 0;
      for (int a = 0; a < axes; a++) {
        if (pooled[a]) {
          count++;
          single = a;
        }
      }
      if (count == 0 || count == 1 && size[single] < 3 * minEdge) {
        break;
      }
      double finest = Arrays.stream(space).min().orElseThrow();
      int[] stride = filled(axes, 1);
      for (int a = 0; a < axes; a++) {
        if (space[a] / finest < 2) {
          kernel[a] = 3;
        }
        if (pooled[a]) {
          stride[a] = 2;
          divisor[a] *= 2;
        }
      }
      for (int a = 0; a < axes; a++) {
        if (pooled[a]) {
          space[a] *= 2;
          size[a] = Math.ceil(size[a] / 2);
        }
      }
      strides.add(list(stride));
      kernels.add(list(kernel));
    }
    kernels.add(list(filled(axes, 3)));
    return new Topology(strides, kernels, list(padded(patch, divisor)), list(divisor));
  }

  /** Axes that are long enough, and of those the ones whose spacing is near the finest. */
  private static boolean[] pooledAxes(double[] spacing, double[] size, int minEdge) {
    double finest = Double.POSITIVE_INFINITY;
    for (int a = 0; a < size.length; a++) {
      if (size[a] >= 2.0 * minEdge) {
        finest = Math.min(finest, spacing[a]);
      }
    }
    boolean[] pooled = new boolean[size.length];
    for (int a = 0; a < size.length; a++) {
      pooled[a] = size[a] >= 2.0 * minEdge && spacing[a] / finest < 2;
    }
    return pooled;
  }

  private static int[] padded(double[] patch, int[] divisor) {
    int[] out = new int[patch.length];
    for (int a = 0; a < patch.length; a++) {
      out[a] = (int) Math.ceil(patch[a] / divisor[a]) * divisor[a];
    }
    return out;
  }

  private static int[] filled(int n, int value) {
    int[] out = new int[n];
    Arrays.fill(out, value);
    return out;
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** The padded patch as an array. */
  public int[] patchSize() {
    return patch.stream().mapToInt(Integer::intValue).toArray();
  }

  public int stages() {
    return strides.size();
  }
}
