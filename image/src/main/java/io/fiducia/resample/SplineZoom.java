package io.fiducia.resample;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Corner-aligned zoom with splines, in the order of scipy's sums: over the taps along x, then y, then
 * z, each product by the weight of x first. Coefficients are computed for a few slices at a time.
 */
final class SplineZoom {
  private static final int AXES = 3;
  /** Coefficients may take this much memory, or two bytes for each voxel if that is more. */
  private static final long MIN_BUDGET = 256L << 20;

  private final int[] shape;
  private final int[] newShape;
  private final Spline spline;
  private final int order;
  private final boolean cut;
  private final SplineTaps[] taps = new SplineTaps[AXES];
  private final long budget;

  SplineZoom(int[] shape, int[] newShape, Spline spline, boolean cut) {
    this(shape, newShape, spline, cut,
        Math.max(MIN_BUDGET, 2L * shape[0] * shape[1] * shape[2]));
  }

  /**
   * @param cut whether results are cut to whole numbers
   * @param budget memory in bytes for coefficients
   */
  SplineZoom(int[] shape, int[] newShape, Spline spline, boolean cut, long budget) {
    this.shape = shape.clone();
    this.newShape = newShape.clone();
    this.spline = spline;
    this.order = spline.order();
    this.cut = cut;
    this.budget = budget;
    for (int a = 0; a < AXES; a++) {
      taps[a] = new SplineTaps(shape[a], newShape[a], spline);
    }
  }

  /** The zoomed array. */
  float[] all(float[] data) {
    float[] out = new float[Shapes.elements(newShape)];
    if (order < 2) {
      Source source = new Samples(data, shape);
      slices(source, 0, newShape[0], out);
      return out;
    }
    SplineFilter filter = new SplineFilter(spline);
    long slice = 8L * (shape[1] + 2 * SplineCoefficients.MARGIN)
        * (shape[2] + 2 * SplineCoefficients.MARGIN);
    int[] start = taps[0].starts();
    int k = 0;
    while (k < newShape[0]) {
      int end = k + 1;
      while (end < newShape[0]
          && slice * SplineCoefficients.stored(start[end] - start[k], filter) < budget) {
        end++;
      }
      slices(new Coefficients(new SplineCoefficients(data, shape, spline, start[k],
          start[end - 1] + order + 1)), k, end, out);
      k = end;
    }
    return out;
  }

  /** What is summed with weights. */
  private interface Source {
    /**
     * Writes the samples of a row at the voxels {@code x[i] + tap}, times their weights, to {@code out}
     * from {@code at}.
     */
    void row(int k, int j, int[] x, int tap, double[] weight, double[] out, int at);
  }

  /** Samples as they are; the last one of an axis is repeated. */
  private record Samples(float[] data, int[] shape) implements Source {
    @Override
    public void row(int k, int j, int[] x, int tap, double[] weight, double[] out, int at) {
      int row = (Math.min(k, shape[0] - 1) * shape[1] + Math.min(j, shape[1] - 1)) * shape[2];
      int last = shape[2] - 1;
      for (int i = 0; i < x.length; i++) {
        out[at + i] = data[row + Math.min(x[i] + tap, last)] * weight[i];
      }
    }
  }

  private record Coefficients(SplineCoefficients coefficients) implements Source {
    @Override
    public void row(int k, int j, int[] x, int tap, double[] weight, double[] out, int at) {
      double[] slice = coefficients.slice(k);
      int row = coefficients.row(j) + tap;
      for (int i = 0; i < x.length; i++) {
        out[at + i] = slice[row + x[i]] * weight[i];
      }
    }
  }

  private void slices(Source source, int from, int to, float[] out) {
    IntStream.range(from, to).parallel().forEach(k -> new Slice(source).write(k, out));
  }

  /** Works on one output slice; keeps the rows that its next output row needs again. */
  private final class Slice {
    private final Source source;
    private final int width = newShape[2];
    /** Weighted rows by tap along z, row modulo the number of taps, tap along x. */
    private final double[][][] rows = new double[order + 1][order + 1][];
    private final int[][] held = new int[order + 1][order + 1];

    Slice(Source source) {
      this.source = source;
      for (int t = 0; t <= order; t++) {
        Arrays.fill(held[t], Integer.MIN_VALUE);
        for (int r = 0; r <= order; r++) {
          rows[t][r] = new double[(order + 1) * width];
        }
      }
    }

    void write(int k, float[] out) {
      double[] sum = new double[width];
      for (int j = 0; j < newShape[1]; j++) {
        Arrays.fill(sum, 0);
        int y = taps[1].starts()[j];
        for (int b = 0; b <= order; b++) {
          for (int c = 0; c <= order; c++) {
            hold(taps[0].starts()[k] + c, c, y + b);
          }
        }
        for (int a = 0; a <= order; a++) {
          for (int b = 0; b <= order; b++) {
            int slot = Math.floorMod(y + b, order + 1);
            double wy = taps[1].weights(b)[j];
            for (int c = 0; c <= order; c++) {
              add(rows[c][slot], a * width, wy, taps[0].weights(c)[k], sum);
            }
          }
        }
        store(sum, out, (k * newShape[1] + j) * width);
      }
    }

    private void hold(int k, int tapZ, int y) {
      int slot = Math.floorMod(y, order + 1);
      if (held[tapZ][slot] != y) {
        for (int a = 0; a <= order; a++) {
          source.row(k, y, taps[2].starts(), a, taps[2].weights(a), rows[tapZ][slot], a * width);
        }
        held[tapZ][slot] = y;
      }
    }

    private static void add(double[] row, int at, double wy, double wz, double[] sum) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += row[at + i] * wy * wz;
      }
    }

    private void store(double[] sum, float[] out, int at) {
      for (int i = 0; i < sum.length; i++) {
        out[at + i] = cut ? whole(sum[i]) : (float) sum[i];
      }
    }
  }

  private static float whole(double v) {
    return v > Integer.MIN_VALUE - 1.0 && v < -(double) Integer.MIN_VALUE
        ? (int) v
        : Integer.MIN_VALUE;
  }
}
