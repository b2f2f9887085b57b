package io.fiducia.promptable.volume;

import io.fiducia.morphology.DistanceTransform;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Shape-based interpolation between contoured slices (Raya and Udupa, IEEE Trans Med Imaging 9, 1990): the
 * signed distance to the contour, positive inside, is interpolated linearly between slices, and the
 * structure is where it is positive. It needs no model. Exact for cylinders, and for cones up to the size of a
 * voxel.
 *
 * @param width voxels along a row of a slice
 * @param columnMm distance between the voxels of a row
 * @param rowMm distance between rows
 */
public record ShapeInterpolation(int width, double columnMm, double rowMm) {
  /**
   * The slices from the first contoured one to the last, the contoured ones unchanged. A contoured slice that
   * is empty ends the structure there: towards it the shape shrinks to its innermost point.
   *
   * @param contoured at least one slice by its number; all of one size
   */
  public SortedMap<Integer, boolean[]> between(SortedMap<Integer, boolean[]> contoured) {
    SortedMap<Integer, boolean[]> out = new TreeMap<>(contoured);
    Integer before = null;
    for (int k : contoured.keySet()) {
      if (before != null && k > before + 1) {
        fill(out, contoured, before, k);
      }
      before = k;
    }
    return out;
  }

  /**
   * Like {@link #between}, and also beyond the outermost contoured slices, where the shape shrinks to a point
   * at the slices {@code first - 1} and {@code last + 1}.
   *
   * @param first slice of the structure, as a person says
   * @param last slice of the structure
   */
  public SortedMap<Integer, boolean[]> within(SortedMap<Integer, boolean[]> contoured, int first,
      int last) {
    SortedMap<Integer, boolean[]> closed = new TreeMap<>(contoured);
    boolean[] empty = new boolean[contoured.get(contoured.firstKey()).length];
    if (contoured.firstKey() > first) {
      closed.put(first - 1, empty);
    }
    if (contoured.lastKey() < last) {
      closed.put(last + 1, empty);
    }
    SortedMap<Integer, boolean[]> out = between(closed);
    out.keySet().removeIf(k -> !contoured.containsKey(k) && (k < first || k > last));
    return out;
  }

  private void fill(Map<Integer, boolean[]> out, SortedMap<Integer, boolean[]> contoured, int from,
      int to) {
    double[] a = signedDistance(contoured.get(from));
    double[] b = signedDistance(contoured.get(to));
    if (a.length == 0 && b.length == 0) {
      for (int k = from + 1; k < to; k++) {
        out.put(k, new boolean[contoured.get(from).length]);
      }
      return;
    }
    a = a.length == 0 ? closing(b) : a;
    b = b.length == 0 ? closing(a) : b;
    for (int k = from + 1; k < to; k++) {
      double part = (double) (k - from) / (to - from);
      boolean[] mask = new boolean[a.length];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = (1 - part) * a[i] + part * b[i] > 0;
      }
      out.put(k, mask);
    }
  }

  /** The distances of a shape that has just shrunk to its innermost point. */
  private static double[] closing(double[] distances) {
    double most = Arrays.stream(distances).max().orElseThrow();
    return Arrays.stream(distances).map(d -> d - most).toArray();
  }

  /**
   * The distance in mm from each voxel centre to the contour, which lies half way between voxels inside and
   * outside; negative outside. No element for an empty mask.
   */
  private double[] signedDistance(boolean[] mask) {
    if (SliceMask.area(mask) == 0) {
      return new double[0];
    }
    // A border of background: what lies outside of the image does not belong to the structure.
    int height = mask.length / width;
    int w = width + 2;
    boolean[] padded = new boolean[w * (height + 2)];
    for (int y = 0; y < height; y++) {
      System.arraycopy(mask, y * width, padded, (y + 1) * w + 1, width);
    }
    int[] shape = {1, height + 2, w};
    double[] spacing = {1, rowMm, columnMm};
    double[] inside = DistanceTransform.toBackground(padded, shape, spacing);
    double[] outside = DistanceTransform.toMask(padded, shape, spacing);
    double half = Math.min(columnMm, rowMm) / 2;
    double[] signed = new double[mask.length];
    for (int i = 0; i < mask.length; i++) {
      int at = (i / width + 1) * w + i % width + 1;
      signed[i] = mask[i] ? inside[at] - half : half - outside[at];
    }
    return signed;
  }
}
