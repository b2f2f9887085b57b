package io.fiducia.resample;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The zoom of {@code scipy.ndimage.zoom(mode="nearest", grid_mode=False)}, with which TotalSegmentator
 * resamples, and CADS but for the ends: first and last voxel centres stay where they are, so that the
 * field of view changes a little. Results are not clipped to the input's range. Arrays are row-major, shapes slowest first.
 *
 * <p>Arithmetic is double and in scipy's own order for an image indexed (x, y, z), because both tools
 * then cut results to whole numbers: a plateau of -1024 that comes out as -1023.9999999999999 becomes
 * -1023, and the networks see it. Results equal those of scipy 1.17 on x86-64 to the last bit; where
 * scipy is compiled with fused multiply-add (arm64), it differs from itself in the last bits.
 */
public final class CornerAlignedZoom {
  /** The highest order of a spline. */
  public static final int MAX_ORDER = 5;

  private CornerAlignedZoom() {}

  /** The shape after a zoom by a factor per axis: products, halves rounded to even. */
  public static int[] outputShape(int[] shape, double[] factor) {
    int[] result = new int[shape.length];
    for (int a = 0; a < shape.length; a++) {
      result[a] = (int) Math.rint(shape[a] * factor[a]);
    }
    return result;
  }

  /**
   * The array zoomed to a new shape; the same array if the shapes are equal.
   *
   * @param order of the spline: 0 (nearest), 1 (linear) to 5
   */
  public static float[] zoom(float[] data, int[] shapeZyx, int[] newShapeZyx, int order) {
    check(data.length, shapeZyx, newShapeZyx, order);
    return Arrays.equals(shapeZyx, newShapeZyx)
        ? data
        : new SplineZoom(shapeZyx, newShapeZyx, new Spline(order, Ends.CONSTANT), false).all(data);
  }

  /**
   * The zoomed array cut towards zero to whole numbers of 32 bits, as numpy's {@code astype(int32)}
   * does; what 32 bits do not hold, and what is no number, becomes -2^31. Beyond 2^24 a float does not
   * hold every whole number.
   *
   * <p>Equal shapes with an order above 1 are no identity: the spline comes back to the samples up to
   * rounding only, and cutting makes a 9 of some 10s. Both tools do this when the spacing differs a
   * little and the shape does not; they leave the image as it is when the spacing is exactly the same.
   *
   * @param order of the spline: 0 (nearest), 1 (linear) to 5
   */
  public static float[] zoomToInt(float[] data, int[] shapeZyx, int[] newShapeZyx, int order) {
    check(data.length, shapeZyx, newShapeZyx, order);
    return new SplineZoom(shapeZyx, newShapeZyx, new Spline(order, Ends.CONSTANT), true).all(data);
  }

  /**
   * The array zoomed by cubic splines (order 3) with mirrored ends and cut to whole numbers as in {@link
   * #zoomToInt}: what scipy does by default, in its mode {@code constant}, and CADS with it. Equal shapes
   * are no identity here either.
   *
   * <p>Difference from scipy: where rounding takes the last sample of an axis beyond its last voxel, as
   * when 22 voxels become 20, scipy gives 0 for the whole plane; here it is the last voxel's value.
   */
  public static float[] zoomMirroredToInt(float[] data, int[] shapeZyx, int[] newShapeZyx) {
    check(data.length, shapeZyx, newShapeZyx, 3);
    return new SplineZoom(shapeZyx, newShapeZyx, new Spline(3, Ends.MIRRORED), true).all(data);
  }

  /** A label map zoomed by nearest voxels (order 0); the same array if the shapes are equal. */
  public static short[] zoomLabels(short[] labels, int[] shapeZyx, int[] newShapeZyx) {
    check(labels.length, shapeZyx, newShapeZyx, 0);
    if (Arrays.equals(shapeZyx, newShapeZyx)) {
      return labels;
    }
    int[] z = nearest(shapeZyx[0], newShapeZyx[0]);
    int[] y = nearest(shapeZyx[1], newShapeZyx[1]);
    int[] x = nearest(shapeZyx[2], newShapeZyx[2]);
    short[] out = new short[z.length * y.length * x.length];
    IntStream.range(0, z.length).parallel().forEach(k -> {
      int at = k * y.length * x.length;
      for (int j = 0; j < y.length; j++) {
        int row = (z[k] * shapeZyx[1] + y[j]) * shapeZyx[2];
        for (int i = 0; i < x.length; i++) {
          out[at++] = labels[row + x[i]];
        }
      }
    });
    return out;
  }

  /** The input voxel that each output voxel takes along one axis at order 0. */
  static int[] nearest(int in, int out) {
    return new SplineTaps(in, out, new Spline(0, Ends.CONSTANT)).starts();
  }

  private static void check(int length, int[] shape, int[] newShape, int order) {
    Shapes.check(length, shape);
    Shapes.elements(newShape);
    if (order < 0 || order > MAX_ORDER) {
      throw new IllegalArgumentException("interpolation order " + order);
    }
  }
}
