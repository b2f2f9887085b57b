package io.fiducia.resample;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * nnU-Net v2's default resampling to a shape ({@code resample_data_or_seg_to_shape}): voxel-centred
 * interpolation that keeps the field of view, cubic or linear, and separately along one axis where
 * the voxels are strongly anisotropic. Arrays are row-major, shapes slowest axis first (z, y, x); a 2D
 * image has one slice.
 *
 * <p>Cubic interpolation is the separable B-spline of scikit-image's {@code resize(order=3,
 * mode="edge", anti_aliasing=False)}, clipped to the range of the input (of each slice, where an axis
 * is separate). Results agree with it within a few 1e-7 of the input's range; it computes in double
 * throughout, this class stores float between axes.
 */
public final class NnunetResampler {
  /** Spacings whose ratio is above this are resampled separately along the coarsest axis. */
  public static final double ANISOTROPY_THRESHOLD = 3;

  private NnunetResampler() {}

  /**
   * The axis to resample separately, or empty: the axis of largest current spacing if the current
   * spacing's ratio is above {@link #ANISOTROPY_THRESHOLD}, else that of the new spacing likewise. Two
   * or three axes that share the largest spacing mean that no axis is separate.
   *
   * @param forceSeparateZ true: separate whatever the ratio; false: never
   */
  public static Optional<Integer> separateAxis(double[] currentSpacing, double[] newSpacing,
      Optional<Boolean> forceSeparateZ) {
    if (forceSeparateZ.isPresent()) {
      return forceSeparateZ.get() ? coarsest(currentSpacing) : Optional.empty();
    }
    if (anisotropic(currentSpacing)) {
      return coarsest(currentSpacing);
    }
    return anisotropic(newSpacing) ? coarsest(newSpacing) : Optional.empty();
  }

  private static boolean anisotropic(double[] spacing) {
    return max(spacing) / Arrays.stream(spacing).min().orElseThrow() > ANISOTROPY_THRESHOLD;
  }

  private static Optional<Integer> coarsest(double[] spacing) {
    double max = max(spacing);
    int[] axes = IntStream.range(0, spacing.length).filter(a -> max / spacing[a] == 1).toArray();
    return axes.length == 1 ? Optional.of(axes[0]) : Optional.empty();
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  /**
   * The shape at another spacing: size times spacing over target, halves rounded to even. An axis never
   * falls below one voxel (nnU-Net would fail there).
   */
  public static int[] newShape(int[] shape, double[] spacing, double[] target) {
    int[] result = new int[shape.length];
    for (int a = 0; a < shape.length; a++) {
      // The order of operations is nnU-Net's: it decides which quotients are exact halves.
      result[a] = (int) Math.max(1, Math.rint(spacing[a] / target[a] * shape[a]));
    }
    return result;
  }

  /**
   * One channel resampled; the same array if the shapes are equal.
   *
   * @param order 0, 1 or 3: interpolation along all axes but the separate one
   * @param orderZ 0, 1 or 3: interpolation along the separate axis
   */
  public static float[] resampleData(float[] data, int[] shapeZyx, int[] newShapeZyx, int order,
      int orderZ, Optional<Integer> separateAxis) {
    Shapes.check(data.length, shapeZyx);
    Shapes.elements(newShapeZyx);
    checkOrder(order, true);
    checkOrder(orderZ, true);
    if (Arrays.equals(shapeZyx, newShapeZyx)) {
      return data;
    }
    AxisSamples[] maps = maps(shapeZyx, newShapeZyx);
    if (order != 3 && (separateAxis.isEmpty() || orderZ != 3)) {
      return new LinearResize(maps, orders(order, orderZ, separateAxis)).all(data);
    }
    if (separateAxis.isEmpty()) {
      float[] result = cubic(data, maps, new boolean[]{true, true, true});
      Range.of(data).clip(result);
      return result;
    }
    return separately(data, maps, order, orderZ, separateAxis.get());
  }

  /** In-plane and separate interpolation where at least one of them is cubic. */
  private static float[] separately(float[] data, AxisSamples[] maps, int order, int orderZ,
      int axis) {
    AxisSamples along = maps[axis];
    AxisSamples[] alongOnly = identities(maps);
    alongOnly[axis] = along;
    // Nearest slices can be chosen before the work on them, which is cheaper when they become fewer.
    boolean chooseFirst = orderZ == 0 && along.outputSize() < along.inputSize();
    float[] source = chooseFirst ? new LinearResize(alongOnly, new int[3]).all(data) : data;
    AxisSamples[] inPlane = maps.clone();
    inPlane[axis] = AxisSamples.identity(chooseFirst ? along.outputSize() : along.inputSize());
    float[] result;
    if (order == 3) {
      boolean[] axes = {true, true, true};
      axes[axis] = false;
      result = cubic(source, inPlane, axes);
      clipSlices(source, inShape(inPlane), result, outShape(inPlane), axis);
    } else {
      result = new LinearResize(inPlane, new int[]{order, order, order}).all(source);
    }
    if (chooseFirst || along.isIdentity()) {
      return result;
    }
    int[] between = outShape(inPlane);
    if (orderZ == 3) {
      return CubicPass.interpolate(result, between, axis, along);
    }
    AxisSamples[] last = new AxisSamples[3];
    for (int a = 0; a < 3; a++) {
      last[a] = a == axis ? along : AxisSamples.identity(between[a]);
    }
    return new LinearResize(last, new int[]{orderZ, orderZ, orderZ}).all(result);
  }

  /** A label map resampled by {@link LabelRule#LARGEST_SHARE}. */
  public static short[] resampleSeg(short[] labels, int[] shapeZyx, int[] newShapeZyx, int order,
      int orderZ, Optional<Integer> separateAxis) {
    return resampleSeg(labels, shapeZyx, newShapeZyx, order, orderZ, separateAxis,
        LabelRule.LARGEST_SHARE);
  }

  /**
   * A label map resampled by its labels' linearly interpolated indicators; the same array if the shapes
   * are equal.
   *
   * @param order 0 (nearest voxel) or 1
   * @param orderZ 0 or 1, along the separate axis; with 1, a voxel where no label has more than half is
   *        0, as in nnU-Net
   */
  public static short[] resampleSeg(short[] labels, int[] shapeZyx, int[] newShapeZyx, int order,
      int orderZ, Optional<Integer> separateAxis, LabelRule rule) {
    Shapes.check(labels.length, shapeZyx);
    Shapes.elements(newShapeZyx);
    checkOrder(order, false);
    checkOrder(orderZ, false);
    if (Arrays.equals(shapeZyx, newShapeZyx)) {
      return labels;
    }
    AxisSamples[] maps = maps(shapeZyx, newShapeZyx);
    if (separateAxis.isEmpty() || orderZ == 0 || maps[separateAxis.get()].isIdentity()) {
      return new LabelResize(maps, orders(order, orderZ, separateAxis), rule).all(labels);
    }
    int axis = separateAxis.get();
    AxisSamples[] inPlane = maps.clone();
    inPlane[axis] = AxisSamples.identity(shapeZyx[axis]);
    short[] slices = new LabelResize(inPlane, new int[]{order, order, order}, rule).all(labels);
    return majorityAlong(slices, outShape(inPlane), axis, maps[axis]);
  }

  /** Along one axis, the label of the voxel whose linear weight is above one half, else 0. */
  private static short[] majorityAlong(short[] labels, int[] shape, int axis, AxisSamples map) {
    AxisSamples.Taps taps = map.taps(1);
    int outer = Shapes.outer(shape, axis);
    int inner = Shapes.inner(shape, axis);
    int n = shape[axis];
    int m = taps.size();
    short[] out = new short[outer * m * inner];
    IntStream.range(0, outer * m).parallel().forEach(line -> {
      int o = line % m;
      int a = (line / m * n + taps.lo()[o]) * inner;
      int b = (line / m * n + taps.hi()[o]) * inner;
      boolean low = taps.w0()[o] > 0.5;
      boolean high = taps.w1()[o] > 0.5;
      for (int c = 0; c < inner; c++) {
        short l = labels[a + c];
        short h = labels[b + c];
        out[line * inner + c] = l == h || low ? l : high ? h : 0;
      }
    });
    return out;
  }

  /** Cubic interpolation along the chosen axes, those first that leave least for the others. */
  static float[] cubic(float[] data, AxisSamples[] maps, boolean[] axes) {
    int[] shape = inShape(maps);
    int[] order = IntStream.range(0, 3).filter(a -> axes[a] && !maps[a].isIdentity()).boxed()
        .sorted((a, b) -> Double.compare(growth(maps[a]), growth(maps[b])))
        .mapToInt(Integer::intValue).toArray();
    float[] result = order.length == 0 ? data.clone() : data;
    for (int axis : order) {
      result = CubicPass.interpolate(result, shape, axis, maps[axis]);
      shape[axis] = maps[axis].outputSize();
    }
    return result;
  }

  private static double growth(AxisSamples map) {
    return (double) map.outputSize() / map.inputSize();
  }

  private static void clipSlices(float[] in, int[] inShape, float[] out, int[] outShape, int axis) {
    int n = inShape[axis];
    IntStream.range(0, n).parallel().forEach(k -> {
      int inner = Shapes.inner(inShape, axis);
      Range range = Range.EMPTY;
      for (int o = 0; o < Shapes.outer(inShape, axis); o++) {
        int start = (o * n + k) * inner;
        range = range.with(in, start, start + inner);
      }
      int outInner = Shapes.inner(outShape, axis);
      for (int o = 0; o < Shapes.outer(outShape, axis); o++) {
        int start = (o * n + k) * outInner;
        range.clip(out, start, start + outInner);
      }
    });
  }

  static AxisSamples[] maps(int[] shape, int[] newShape) {
    AxisSamples[] maps = new AxisSamples[3];
    for (int a = 0; a < 3; a++) {
      maps[a] = AxisSamples.pixelCentred(shape[a], newShape[a]);
    }
    return maps;
  }

  private static AxisSamples[] identities(AxisSamples[] maps) {
    AxisSamples[] result = new AxisSamples[3];
    for (int a = 0; a < 3; a++) {
      result[a] = AxisSamples.identity(maps[a].inputSize());
    }
    return result;
  }

  private static int[] inShape(AxisSamples[] maps) {
    return Arrays.stream(maps).mapToInt(AxisSamples::inputSize).toArray();
  }

  private static int[] outShape(AxisSamples[] maps) {
    return Arrays.stream(maps).mapToInt(AxisSamples::outputSize).toArray();
  }

  static int[] orders(int order, int orderZ, Optional<Integer> separateAxis) {
    int[] orders = {order, order, order};
    separateAxis.ifPresent(a -> orders[a] = orderZ);
    return orders;
  }

  private static void checkOrder(int order, boolean cubicAllowed) {
    if (order != 0 && order != 1 && (order != 3 || !cubicAllowed)) {
      throw new IllegalArgumentException(
          "interpolation order " + order + ", expected 0, 1" + (cubicAllowed ? " or 3" : ""));
    }
  }
}
