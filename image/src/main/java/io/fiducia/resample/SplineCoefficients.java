package io.fiducia.resample;

import java.util.stream.IntStream;

/**
 * The B-spline coefficients of some slices of an image, with some more around every slice and before and
 * after the image. The filter along x and y works slice by slice; along z it starts so many slices
 * before and ends so many after the wanted ones that it no longer remembers it.
 */
final class SplineCoefficients {
  /** Coefficients beyond each end of an axis that a spline of order 5 reaches. */
  static final int MARGIN = 3;
  private static final int LINES = 16;
  private static final int BLOCK = 128;

  private final int depth;
  private final int height;
  private final int width;
  private final int stride;
  private final SplineFilter filter;
  private final Spline spline;
  /** What an axis is padded with while it is filtered. */
  private final int pad;
  /** First slice that the filter along z sees, and the end; with the padding. */
  private final int from;
  private final int to;
  /** First slice that is kept, and the end; with the margin. */
  private final int keptFrom;
  /** One array for each slice of the kept and of those that the filter needs besides. */
  private final double[][] slices;
  private final int firstStored;

  /**
   * The coefficients of the slices [low, high), which may reach {@link #MARGIN} beyond the image.
   */
  SplineCoefficients(float[] data, int[] shape, Spline spline, int low, int high) {
    depth = shape[0];
    height = shape[1];
    width = shape[2];
    stride = width + 2 * MARGIN;
    this.spline = spline;
    filter = new SplineFilter(spline);
    pad = spline.pad();
    // What lies beyond a mirrored end is the same as slices inside, which must be kept then.
    int[] kept = spline.ends() == Ends.MIRRORED
        ? new int[]{Math.max(0, low - MARGIN), Math.min(depth, high + MARGIN)}
        : new int[]{low, high};
    from = Math.max(-pad, kept[0] - filter.memory());
    to = Math.min(depth + pad, kept[1] + filter.memory());
    keptFrom = kept[0];
    firstStored = Math.max(from, -MARGIN);
    slices = new double[Math.min(to, depth + MARGIN) - firstStored][];
    IntStream.range(0, slices.length).parallel().forEach(s -> {
      slices[s] = new double[(height + 2 * MARGIN) * stride];
      int k = firstStored + s;
      if (k >= 0 && k < depth) {
        alongX(data, k, slices[s]);
        alongY(slices[s]);
      }
    });
    int length = slices[0].length;
    int blocks = (length + BLOCK - 1) / BLOCK;
    int chunks = Math.min(blocks, 64);
    IntStream.range(0, chunks).parallel().forEach(c -> {
      double[][] rows = new double[to - from][BLOCK];
      int end = (int) ((long) blocks * (c + 1) / chunks);
      for (int b = (int) ((long) blocks * c / chunks); b < end; b++) {
        alongZ(rows, b * BLOCK, Math.min(BLOCK, length - b * BLOCK), kept[0], kept[1]);
      }
    });
  }

  /** The slices that a filter needs for so many kept ones, at most. */
  static int stored(int kept, SplineFilter filter) {
    return kept + 2 * filter.memory();
  }

  /** The coefficients of a kept slice; row j begins at {@link #row}, with its margin. */
  double[] slice(int k) {
    int stored = spline.ends() == Ends.MIRRORED ? spline.ends().inside(k, depth) : k;
    if (stored < keptFrom) {
      throw new IndexOutOfBoundsException("slice " + k);
    }
    return slices[stored - firstStored];
  }

  /** Where a filtered line of {@code n} samples has the coefficient of a place, which may lie beyond it. */
  private int filtered(int i, int n) {
    return spline.ends() == Ends.MIRRORED ? spline.ends().inside(i, n) : i + pad;
  }

  /** Where the coefficient of voxel (0, j) of a slice lies. */
  int row(int j) {
    return (j + MARGIN) * stride + MARGIN;
  }

  private void alongX(float[] data, int k, double[] slice) {
    int n = width + 2 * pad;
    double[][] rows = new double[n][LINES];
    for (int j0 = 0; j0 < height; j0 += LINES) {
      int lines = Math.min(LINES, height - j0);
      for (int i = 0; i < n; i++) {
        int x = Math.clamp(i - pad, 0, width - 1);
        for (int l = 0; l < lines; l++) {
          rows[i][l] = data[(k * height + j0 + l) * width + x];
        }
      }
      filter.apply(rows, n, lines);
      for (int i = -MARGIN; i < width + MARGIN; i++) {
        double[] row = rows[filtered(i, width)];
        for (int l = 0; l < lines; l++) {
          slice[row(j0 + l) + i] = row[l];
        }
      }
    }
  }

  private void alongY(double[] slice) {
    int n = height + 2 * pad;
    double[][] rows = new double[n][BLOCK];
    for (int c = 0; c < stride; c += BLOCK) {
      int lines = Math.min(BLOCK, stride - c);
      for (int j = 0; j < n; j++) {
        int y = Math.clamp(j - pad, 0, height - 1);
        System.arraycopy(slice, (y + MARGIN) * stride + c, rows[j], 0, lines);
      }
      filter.apply(rows, n, lines);
      for (int j = -MARGIN; j < height + MARGIN; j++) {
        System.arraycopy(rows[filtered(j, height)], 0, slice, (j + MARGIN) * stride + c, lines);
      }
    }
  }

  private void alongZ(double[][] rows, int at, int lines, int low, int high) {
    for (int k = from; k < to; k++) {
      int z = Math.clamp(k, Math.max(0, from), Math.min(depth, to) - 1);
      System.arraycopy(slices[z - firstStored], at, rows[k - from], 0, lines);
    }
    filter.apply(rows, to - from, lines);
    for (int k = low; k < high; k++) {
      System.arraycopy(rows[k - from], 0, slices[k - firstStored], at, lines);
    }
  }
}
