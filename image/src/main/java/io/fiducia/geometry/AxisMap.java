package io.fiducia.geometry;

import java.util.List;

/**
 * A permutation and flip of a grid's index axes: result axis {@code a} runs along source axis
 * {@code source.get(a)}, backwards if {@code reversed.get(a)}. No voxel value changes.
 */
public record AxisMap(List<Integer> source, List<Boolean> reversed) {
  public AxisMap {
    source = List.copyOf(source);
    reversed = List.copyOf(reversed);
    if (source.size() != 3 || reversed.size() != 3
        || !source.containsAll(List.of(0, 1, 2))) {
      throw new IllegalArgumentException("axes " + source + " " + reversed);
    }
  }

  static AxisMap of(int[] source, boolean[] reversed) {
    return new AxisMap(
        List.of(source[0], source[1], source[2]),
        List.of(reversed[0], reversed[1], reversed[2]));
  }

  public boolean isIdentity() {
    return source.equals(List.of(0, 1, 2)) && !reversed.contains(true);
  }

  /** The map that undoes this one. */
  public AxisMap inverse() {
    int[] back = new int[3];
    boolean[] backwards = new boolean[3];
    for (int a = 0; a < 3; a++) {
      back[source.get(a)] = a;
      backwards[source.get(a)] = reversed.get(a);
    }
    return of(back, backwards);
  }

  /** The size of the result of mapping a grid of size {@code in}. */
  public Size apply(Size in) {
    return new Size(in.get(source.get(0)), in.get(source.get(1)), in.get(source.get(2)));
  }

  /** The grid of the result; every voxel stays where it was in the patient. */
  public Geometry apply(Geometry in) {
    double[] first = new double[3];
    double[] spacing = new double[3];
    Vec3[] column = new Vec3[3];
    for (int a = 0; a < 3; a++) {
      int s = source.get(a);
      boolean backwards = reversed.get(a);
      first[s] = backwards ? in.size().get(s) - 1 : 0;
      spacing[a] = in.spacingMm().get(s);
      column[a] = in.direction().column(s).times(backwards ? -1 : 1);
    }
    return new Geometry(
        apply(in.size()),
        new Vec3(spacing[0], spacing[1], spacing[2]),
        in.toPhysical(first[0], first[1], first[2]),
        new Mat3(column[0], column[1], column[2]));
  }

  /**
   * Where result voxels lie in the source's array: voxel (i, j, k) at {@code base + i * strideX + j
   * * strideY + k * strideZ}.
   */
  public record Strides(int base, int strideX, int strideY, int strideZ) {}

  /** The strides through the array of a source of size {@code in}. */
  public Strides strides(Size in) {
    int[] step = {1, in.x(), in.x() * in.y()};
    int base = 0;
    int[] stride = new int[3];
    for (int a = 0; a < 3; a++) {
      int s = source.get(a);
      stride[a] = step[s];
      if (reversed.get(a)) {
        base += (in.get(s) - 1) * step[s];
        stride[a] = -step[s];
      }
    }
    return new Strides(base, stride[0], stride[1], stride[2]);
  }
}
