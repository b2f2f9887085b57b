package io.fiducia.resample;

import io.fiducia.resample.AxisSamples.Taps;
import java.util.stream.IntStream;

/**
 * Interpolation of order 0 or 1 along each axis, computed row by row of the output, so that any range
 * of output slices costs only its own memory. Arithmetic is double.
 */
final class LinearResize {
  private final int[] shape;
  private final Taps z;
  private final Taps y;
  private final Taps x;

  /** A resize by three maps, each with its own order. */
  LinearResize(AxisSamples[] maps, int[] orders) {
    shape = new int[]{maps[0].inputSize(), maps[1].inputSize(), maps[2].inputSize()};
    z = maps[0].taps(orders[0]);
    y = maps[1].taps(orders[1]);
    x = maps[2].taps(orders[2]);
  }

  /** The input slices of each output slice. */
  Taps slices() {
    return z;
  }

  /** The whole resized array. */
  float[] all(float[] data) {
    float[] out = new float[Shapes.elements(new int[]{z.size(), y.size(), x.size()})];
    int plane = y.size() * x.size();
    IntStream.range(0, z.size()).parallel().forEach(k -> slice(data, k, out, k * plane));
    return out;
  }

  private void slice(float[] data, int k, float[] out, int offset) {
    int plane = shape[1] * shape[2];
    slice(data, z.lo()[k] * plane, data, z.hi()[k] * plane, k, out, offset);
  }

  /**
   * Writes output slice {@code k} to {@code out} from {@code offset}.
   *
   * @param low the array that holds input slice {@code taps.lo}, from {@code lowAt}
   * @param high the array that holds input slice {@code taps.hi}, from {@code highAt}
   */
  void slice(float[] low, int lowAt, float[] high, int highAt, int k, float[] out, int offset) {
    int width = shape[2];
    double[] rowLo = new double[width];
    double[] rowHi = new double[width];
    double[] mixed = new double[width];
    int atLo = -1;
    int atHi = -1;
    for (int j = 0; j < y.size(); j++) {
      int lo = y.lo()[j];
      int hi = y.hi()[j];
      if (atLo != lo) {
        if (atHi == lo) {
          double[] swap = rowLo;
          rowLo = rowHi;
          rowHi = swap;
          atHi = atLo;
        } else {
          row(low, lowAt, high, highAt, k, lo, rowLo);
        }
        atLo = lo;
      }
      double[] source = rowLo;
      double w1 = y.w1()[j];
      if (w1 != 0) {
        if (atHi != hi) {
          row(low, lowAt, high, highAt, k, hi, rowHi);
          atHi = hi;
        }
        mix(rowLo, rowHi, y.w0()[j], w1, mixed);
        source = mixed;
      }
      along(source, out, offset + j * x.size());
    }
  }

  /** One input row, interpolated between the two input slices of output slice {@code k}. */
  private void row(float[] low, int lowAt, float[] high, int highAt, int k, int j, double[] row) {
    int width = shape[2];
    int a = lowAt + j * width;
    double w1 = z.w1()[k];
    if (w1 == 0) {
      for (int i = 0; i < width; i++) {
        row[i] = low[a + i];
      }
      return;
    }
    int b = highAt + j * width;
    double w0 = z.w0()[k];
    for (int i = 0; i < width; i++) {
      row[i] = w0 * low[a + i] + w1 * high[b + i];
    }
  }

  private static void mix(double[] a, double[] b, double w0, double w1, double[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = w0 * a[i] + w1 * b[i];
    }
  }

  private void along(double[] row, float[] out, int offset) {
    if (x.identity()) {
      for (int i = 0; i < row.length; i++) {
        out[offset + i] = (float) row[i];
      }
      return;
    }
    int[] lo = x.lo();
    int[] hi = x.hi();
    double[] w0 = x.w0();
    double[] w1 = x.w1();
    for (int i = 0; i < lo.length; i++) {
      out[offset + i] = (float) (w0[i] * row[lo[i]] + w1[i] * row[hi[i]]);
    }
  }
}
