package io.fiducia.morphology;

import java.util.Arrays;

/**
 * Fills the cavities of a mask: background that no path through faces joins to the border of the
 * volume. Equal to {@code scipy.ndimage.binary_fill_holes} in three dimensions, so a volume of one
 * slice has no cavities; {@link #fillSlices} treats each slice by itself.
 */
public final class FillHoles {
  private FillHoles() {}

  /** The mask with its cavities filled; shape slowest axis first. */
  public static boolean[] fill(boolean[] mask, int[] shapeZyx) {
    Masks.check(mask, shapeZyx);
    return fill(mask, shapeZyx, true);
  }

  /** The mask with each slice's holes filled in two dimensions (four neighbours). */
  public static boolean[] fillSlices(boolean[] mask, int[] shapeZyx) {
    Masks.check(mask, shapeZyx);
    boolean[] out = new boolean[mask.length];
    int plane = shapeZyx[1] * shapeZyx[2];
    int[] sliceShape = {1, shapeZyx[1], shapeZyx[2]};
    for (int k = 0; k < shapeZyx[0]; k++) {
      boolean[] slice = Arrays.copyOfRange(mask, k * plane, (k + 1) * plane);
      System.arraycopy(fill(slice, sliceShape, false), 0, out, k * plane, plane);
    }
    return out;
  }

  /**
   * The mask with the holes of each slice across an axis filled in two dimensions.
   *
   * @param axis 0 (z, the slices of {@link #fillSlices(boolean[], int[])}), 1 (y) or 2 (x)
   */
  public static boolean[] fillSlices(boolean[] mask, int[] shapeZyx, int axis) {
    if (axis == 0) {
      return fillSlices(mask, shapeZyx);
    }
    Masks.check(mask, shapeZyx);
    int[] swapped = shapeZyx.clone();
    swapped[0] = shapeZyx[axis];
    swapped[axis] = shapeZyx[0];
    return swapWithZ(fillSlices(swapWithZ(mask, shapeZyx, axis), swapped), swapped, axis);
  }

  /** The mask with an axis and the slowest one exchanged. */
  private static boolean[] swapWithZ(boolean[] mask, int[] shape, int axis) {
    boolean[] out = new boolean[mask.length];
    int height = axis == 1 ? shape[0] : shape[1];
    int width = axis == 2 ? shape[0] : shape[2];
    int at = 0;
    for (int k = 0; k < shape[0]; k++) {
      for (int j = 0; j < shape[1]; j++) {
        for (int i = 0; i < shape[2]; i++) {
          int row = axis == 1 ? j * height + k : i * height + j;
          out[row * width + (axis == 2 ? k : i)] = mask[at++];
        }
      }
    }
    return out;
  }

  private static boolean[] fill(boolean[] mask, int[] shape, boolean openAlongZ) {
    Runs background = new Runs(mask, false, shape, Connectivity.FACES);
    int height = shape[1];
    int width = shape[2];
    boolean[] open = new boolean[background.count()];
    for (int row = 0; row < background.rows(); row++) {
      int k = row / height;
      int j = row % height;
      boolean border = j == 0 || j == height - 1
          || openAlongZ && (k == 0 || k == shape[0] - 1);
      for (int r = background.rowFirst(row); r < background.rowFirst(row + 1); r++) {
        if (border || background.start(r) == 0 || background.end(r) == width) {
          open[background.root(r)] = true;
        }
      }
    }
    boolean[] out = mask.clone();
    for (int row = 0; row < background.rows(); row++) {
      for (int r = background.rowFirst(row); r < background.rowFirst(row + 1); r++) {
        if (!open[background.root(r)]) {
          Arrays.fill(out, row * width + background.start(r), row * width + background.end(r),
              true);
        }
      }
    }
    return out;
  }
}
