package io.fiducia.morphology;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Binary erosion and dilation. What lies outside the volume is background, as by default in
 * {@code scipy.ndimage}: dilation brings nothing in, erosion eats from the border. Shapes are slowest
 * axis first. Radii in mm need a grid with axes at right angles.
 */
public final class Morphology {
  private static final double[] VOXELS = {1, 1, 1};

  private Morphology() {}

  /** The mask grown by its neighbours, several times. */
  public static boolean[] dilate(boolean[] mask, int[] shapeZyx, Connectivity neighbours,
      int iterations) {
    if (neighbours == Connectivity.FACES && iterations > 2) {
      return CityBlock.within(mask, shapeZyx, iterations);
    }
    return repeat(mask, shapeZyx, neighbours, iterations, true);
  }

  /** The mask without the voxels that touch the background or the border, several times. */
  public static boolean[] erode(boolean[] mask, int[] shapeZyx, Connectivity neighbours,
      int iterations) {
    return repeat(mask, shapeZyx, neighbours, iterations, false);
  }

  /** The mask dilated by a ball: all voxels at most {@code radius} voxels from it. */
  public static boolean[] dilateBall(boolean[] mask, int[] shapeZyx, double radius) {
    return dilateBall(mask, shapeZyx, radius, VOXELS);
  }

  /** The mask dilated by a ball of a radius in mm, with spacing in mm along z, y, x. */
  public static boolean[] dilateBall(boolean[] mask, int[] shapeZyx, double radiusMm,
      double[] spacingZyxMm) {
    checkRadius(radiusMm);
    double[] squared = DistanceTransform.squaredTo(mask, true, shapeZyx, spacingZyxMm);
    boolean[] out = new boolean[mask.length];
    double limit = radiusMm * radiusMm;
    for (int i = 0; i < out.length; i++) {
      out[i] = squared[i] <= limit;
    }
    return out;
  }

  /** The mask eroded by a ball: the voxels more than {@code radius} voxels from all background. */
  public static boolean[] erodeBall(boolean[] mask, int[] shapeZyx, double radius) {
    return erodeBall(mask, shapeZyx, radius, VOXELS);
  }

  /**
   * The mask eroded by a ball of a radius in mm, with spacing in mm along z, y, x. The first voxel
   * centre beyond the border counts as background.
   */
  public static boolean[] erodeBall(boolean[] mask, int[] shapeZyx, double radiusMm,
      double[] spacingZyxMm) {
    checkRadius(radiusMm);
    double[] squared = DistanceTransform.squaredTo(mask, false, shapeZyx, spacingZyxMm);
    boolean[] out = new boolean[mask.length];
    double limit = radiusMm * radiusMm;
    int height = shapeZyx[1];
    int width = shapeZyx[2];
    for (int row = 0; row < shapeZyx[0] * height; row++) {
      double z = toBorder(row / height, shapeZyx[0], spacingZyxMm[0]);
      double y = toBorder(row % height, height, spacingZyxMm[1]);
      for (int x = 0; x < width; x++) {
        double border = Math.min(Math.min(z, y), toBorder(x, width, spacingZyxMm[2]));
        int i = row * width + x;
        out[i] = mask[i] && squared[i] > limit && border * border > limit;
      }
    }
    return out;
  }

  private static double toBorder(int index, int size, double spacing) {
    return Math.min(index + 1, size - index) * spacing;
  }

  private static void checkRadius(double radius) {
    if (!(radius >= 0)) {
      throw new IllegalArgumentException("radius " + radius);
    }
  }

  private static boolean[] repeat(boolean[] mask, int[] shape, Connectivity neighbours,
      int iterations, boolean grow) {
    Masks.check(mask, shape);
    if (iterations < 0) {
      throw new IllegalArgumentException("iterations " + iterations);
    }
    boolean[] current = mask.clone();
    boolean[] next = new boolean[mask.length];
    for (int n = 0; n < iterations; n++) {
      boolean[] from = current;
      boolean[] to = next;
      IntStream.range(0, shape[0]).parallel()
          .forEach(k -> slice(from, to, shape, k, neighbours, grow));
      current = to;
      next = from;
    }
    return current;
  }

  private static void slice(boolean[] from, boolean[] to, int[] shape, int k,
      Connectivity neighbours, boolean grow) {
    int width = shape[2];
    boolean[] hit = new boolean[width];
    for (int j = 0; j < shape[1]; j++) {
      int row = (k * shape[1] + j) * width;
      // hit: some voxel of the neighbourhood has the value that spreads.
      for (int i = 0; i < width; i++) {
        hit[i] = from[row + i] == grow;
      }
      for (int dk = -1; dk <= 1; dk++) {
        for (int dj = -1; dj <= 1; dj++) {
          boolean outside = k + dk < 0 || k + dk >= shape[0] || j + dj < 0 || j + dj >= shape[1];
          for (int di = -1; di <= 1; di++) {
            if (neighbours.joins(dk, dj, di)) {
              spread(from, outside ? -1 : row + (dk * shape[1] + dj) * width, di, grow, hit);
            }
          }
        }
      }
      for (int i = 0; i < width; i++) {
        to[row + i] = hit[i] == grow;
      }
    }
  }

  /** Marks each voxel whose neighbour in {@code row} (-1: outside) at offset di has the value. */
  private static void spread(boolean[] from, int row, int di, boolean grow, boolean[] hit) {
    int width = hit.length;
    if (row < 0) {
      if (!grow) {
        Arrays.fill(hit, true);
      }
      return;
    }
    int first = Math.max(0, -di);
    int last = Math.min(width, width - di);
    for (int i = first; i < last; i++) {
      hit[i] |= from[row + i + di] == grow;
    }
    if (!grow && di != 0) {
      hit[di < 0 ? 0 : width - 1] = true;
    }
  }
}
