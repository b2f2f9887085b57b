package io.fiducia.resample;

import java.util.Arrays;

/**
 * The zoom of {@code scipy.ndimage.zoom(mode="nearest", grid_mode=False)}, with which TotalSegmentator
 * resamples; CADS treats the ends otherwise. First and last voxel centres stay where they are, so that
 * the field of view changes a little. Results are not clipped to the input's range. Arrays are row-major, shapes slowest first.
 */
public final class CornerAlignedZoom {
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
   * @param order 0 (nearest), 1 (linear) or 3 (cubic B-spline)
   */
  public static float[] zoom(float[] data, int[] shapeZyx, int[] newShapeZyx, int order) {
    Shapes.check(data.length, shapeZyx);
    Shapes.elements(newShapeZyx);
    if (Arrays.equals(shapeZyx, newShapeZyx)) {
      return data;
    }
    return switch (order) {
      case 0, 1 -> new LinearResize(maps(shapeZyx, newShapeZyx), new int[]{order, order, order})
          .all(data);
      case 3 -> NnunetResampler.cubic(data, maps(shapeZyx, newShapeZyx),
          new boolean[]{true, true, true}, Ends.CONSTANT);
      default -> throw new IllegalArgumentException("interpolation order " + order);
    };
  }

  /**
   * The array zoomed to a new shape by cubic B-splines (order 3) as with SciPy's own default for ends,
   * {@code mode="constant"}: the spline is mirrored there. The same array if the shapes are equal.
   *
   * <p>Difference from SciPy: where rounding takes the last sample beyond the last voxel by less than
   * 1e-12 of a voxel, SciPy 1.17 gives 0 for the whole plane (22 voxels zoomed to 20, for example); here
   * it is the last voxel's value.
   */
  public static float[] zoomMirrored(float[] data, int[] shapeZyx, int[] newShapeZyx) {
    Shapes.check(data.length, shapeZyx);
    Shapes.elements(newShapeZyx);
    return Arrays.equals(shapeZyx, newShapeZyx)
        ? data
        : NnunetResampler.cubic(data, maps(shapeZyx, newShapeZyx),
            new boolean[]{true, true, true}, Ends.MIRRORED);
  }

  /** A label map zoomed by nearest voxels (order 0); the same array if the shapes are equal. */
  public static short[] zoomLabels(short[] labels, int[] shapeZyx, int[] newShapeZyx) {
    Shapes.check(labels.length, shapeZyx);
    Shapes.elements(newShapeZyx);
    if (Arrays.equals(shapeZyx, newShapeZyx)) {
      return labels;
    }
    return new LabelResize(maps(shapeZyx, newShapeZyx), new int[3], LabelRule.LARGEST_SHARE)
        .all(labels);
  }

  private static AxisSamples[] maps(int[] shape, int[] newShape) {
    AxisSamples[] maps = new AxisSamples[3];
    for (int a = 0; a < 3; a++) {
      maps[a] = AxisSamples.cornerAligned(shape[a], newShape[a]);
    }
    return maps;
  }
}
