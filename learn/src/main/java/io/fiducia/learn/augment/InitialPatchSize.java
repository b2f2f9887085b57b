package io.fiducia.learn.augment;

import java.util.List;

/** Computes how large a sampled region must be to contain a rotated and scaled patch. */
public final class InitialPatchSize {
  /** The smallest scale that the region allows for; drawn scales can be smaller, as in upstream. */
  private static final double LEAST_SCALE = 0.85;

  private InitialPatchSize() {}

  /**
   * The size of the sampled region for a patch of two or three axes: per axis the largest extent of
   * the patch's corner under a rotation about each single axis (at most 90 degrees), divided by 0.85
   * and truncated. With {@code dummy2d} the first axis keeps the patch's size.
   */
  public static int[] of(List<Integer> patch, double rotationRadians, boolean dummy2d) {
    double angle = Math.min(Math.abs(rotationRadians), Math.PI / 2);
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    double[] extent = patch.stream().mapToDouble(Integer::doubleValue).toArray();
    int axes = extent.length;
    for (int first = 0; first < axes; first++) {
      for (int second = first + 1; second < axes; second++) {
        double a = patch.get(first);
        double b = patch.get(second);
        // Upstream rotates by row vectors; about the middle axis the matrix turns the other way.
        double sign = axes == 3 && first == 0 && second == 2 ? -1 : 1;
        extent[first] = Math.max(extent[first], Math.abs(a * cos + sign * b * sin));
        extent[second] = Math.max(extent[second], Math.abs(b * cos - sign * a * sin));
      }
    }
    int[] size = new int[axes];
    for (int i = 0; i < axes; i++) {
      size[i] = (int) (extent[i] / LEAST_SCALE);
    }
    if (dummy2d) {
      size[0] = patch.get(0);
    }
    return size;
  }
}
