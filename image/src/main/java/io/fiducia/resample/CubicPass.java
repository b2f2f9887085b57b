package io.fiducia.resample;

import java.util.stream.IntStream;

/**
 * Cubic B-spline interpolation along one axis of an array whose ends go on as constants. An axis is
 * seen as (outer, n, inner); several neighbouring lines are filtered together, so that the recursion
 * along a line becomes arithmetic on whole rows, which the JIT compiler turns into vector
 * instructions. Values are stored as float, computed as double.
 */
final class CubicPass {
  private static final double POLE = Math.sqrt(3) - 2;
  /** Interpolation at an end reaches two coefficients beyond it. */
  static final int MARGIN = 2;
  private static final int BLOCK = 64;
  /** Lines of the fastest axis are transposed through the cache, which wants fewer at once. */
  private static final int LINES = 16;
  private static final int CHUNKS = 64;

  private CubicPass() {}

  /** The array interpolated along {@code axis} at a map's coordinates. */
  static float[] interpolate(float[] data, int[] shape, int axis, AxisSamples map) {
    int m = map.outputSize();
    int[] first = new int[m];
    double[][] weights = new double[m][4];
    for (int o = 0; o < m; o++) {
      double floor = Math.floor(map.coordinate(o));
      first[o] = (int) floor - 1 + MARGIN;
      weights(map.coordinate(o) - floor, weights[o]);
    }
    return run(data, shape, axis, m, (rows, o, width, out) -> {
      double[] a = rows[first[o]];
      double[] b = rows[first[o] + 1];
      double[] c = rows[first[o] + 2];
      double[] d = rows[first[o] + 3];
      double[] w = weights[o];
      combine(a, b, c, d, w[0], w[1], w[2], w[3], width, out);
    });
  }

  /**
   * The B-spline coefficients along {@code axis}, with {@link #MARGIN} more before and after it.
   */
  static float[] coefficients(float[] data, int[] shape, int axis) {
    return run(data, shape, axis, shape[axis] + 2 * MARGIN,
        (rows, o, width, out) -> copy(rows[o], width, out));
  }

  /** The four weights at a fraction past the second tap. */
  static void weights(double fraction, double[] w) {
    double y = fraction;
    double z = 1 - fraction;
    w[0] = z * z * z / 6;
    w[1] = (y * y * (y - 2) * 3 + 4) / 6;
    w[2] = (z * z * (z - 2) * 3 + 4) / 6;
    w[3] = 1 - w[0] - w[1] - w[2];
  }

  private interface RowSource {
    void row(double[][] rows, int o, int width, float[] out);
  }

  private static float[] run(float[] data, int[] shape, int axis, int m, RowSource source) {
    int n = shape[axis];
    int outer = Shapes.outer(shape, axis);
    int inner = Shapes.inner(shape, axis);
    int[] outShape = shape.clone();
    outShape[axis] = m;
    float[] out = new float[Shapes.elements(outShape)];
    boolean lines = inner == 1;
    int blocksPerOuter = lines ? 1 : (inner + BLOCK - 1) / BLOCK;
    int blocks = lines ? (outer + LINES - 1) / LINES : outer * blocksPerOuter;
    int chunks = Math.min(blocks, CHUNKS);
    IntStream.range(0, chunks).parallel().forEach(chunk -> {
      int from = (int) ((long) blocks * chunk / chunks);
      int to = (int) ((long) blocks * (chunk + 1) / chunks);
      double[][] rows = new double[n + 2 * MARGIN][lines ? LINES : BLOCK];
      float[] result = new float[lines ? LINES : BLOCK];
      for (int block = from; block < to; block++) {
        if (lines) {
          int line = block * LINES;
          int width = Math.min(LINES, outer - line);
          transposeIn(data, line, n, width, rows);
          filter(rows, n, width);
          for (int o = 0; o < m; o++) {
            source.row(rows, o, width, result);
            for (int j = 0; j < width; j++) {
              out[(line + j) * m + o] = result[j];
            }
          }
        } else {
          int o0 = block / blocksPerOuter;
          int column = block % blocksPerOuter * BLOCK;
          int width = Math.min(BLOCK, inner - column);
          for (int i = 0; i < n; i++) {
            load(data, (o0 * n + i) * inner + column, width, rows[i + MARGIN]);
          }
          filter(rows, n, width);
          for (int o = 0; o < m; o++) {
            source.row(rows, o, width, result);
            System.arraycopy(result, 0, out, (o0 * m + o) * inner + column, width);
          }
        }
      }
    });
    return out;
  }

  private static void transposeIn(float[] data, int line, int n, int width, double[][] rows) {
    for (int i = 0; i < n; i++) {
      double[] row = rows[i + MARGIN];
      for (int j = 0; j < width; j++) {
        row[j] = data[(line + j) * n + i];
      }
    }
  }

  /**
   * Replaces samples by coefficients: a causal then an anticausal first-order recursion, started with
   * the exact sums over ends that go on as constants for ever.
   */
  private static void filter(double[][] rows, int n, int width) {
    int last = n + 2 * MARGIN - 1;
    for (int i = 0; i < MARGIN; i++) {
      System.arraycopy(rows[MARGIN], 0, rows[i], 0, width);
      System.arraycopy(rows[n + MARGIN - 1], 0, rows[last - i], 0, width);
    }
    scale(rows[0], 6 / (1 - POLE), width);
    // The last row's sample is needed after the causal recursion has overwritten it.
    double[] end = new double[width];
    System.arraycopy(rows[last], 0, end, 0, width);
    for (int i = 1; i <= last; i++) {
      causal(rows[i - 1], rows[i], width);
    }
    double[] row = rows[last];
    for (int c = 0; c < width; c++) {
      double steady = 6 * end[c] / (1 - POLE);
      row[c] = -POLE * (steady / (1 - POLE) + (row[c] - steady) / (1 - POLE * POLE));
    }
    for (int i = last - 1; i >= 0; i--) {
      anticausal(rows[i + 1], rows[i], width);
    }
  }

  // Each loop below uses one index for all its arrays: that is what lets the compiler vectorise it.

  private static void load(float[] data, int offset, int width, double[] row) {
    for (int c = 0; c < width; c++) {
      row[c] = data[offset + c];
    }
  }

  private static void scale(double[] row, double factor, int width) {
    for (int c = 0; c < width; c++) {
      row[c] *= factor;
    }
  }

  private static void causal(double[] before, double[] row, int width) {
    for (int c = 0; c < width; c++) {
      row[c] = 6 * row[c] + POLE * before[c];
    }
  }

  private static void anticausal(double[] after, double[] row, int width) {
    for (int c = 0; c < width; c++) {
      row[c] = POLE * (after[c] - row[c]);
    }
  }

  private static void combine(double[] a, double[] b, double[] c, double[] d, double wa, double wb,
      double wc, double wd, int width, float[] out) {
    for (int i = 0; i < width; i++) {
      out[i] = (float) (wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i]);
    }
  }

  private static void copy(double[] row, int width, float[] out) {
    for (int i = 0; i < width; i++) {
      out[i] = (float) row[i];
    }
  }
}
