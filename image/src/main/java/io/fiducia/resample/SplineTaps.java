package io.fiducia.resample;

/**
 * For each output voxel of one axis the first of the input samples (orders 0 and 1) or B-spline
 * coefficients that it depends on, and their weights, with the arithmetic of scipy.ndimage. A first or
 * last index may lie outside the axis.
 */
final class SplineTaps {
  /** What scipy pads an axis with before it computes coefficients. */
  static final int PAD = 12;

  private final int[] start;
  private final double[][] weights;

  /**
   * @param in voxels of the input
   * @param out voxels of the output; the only one of an output of one lies on the input's first
   */
  SplineTaps(int in, int out, Spline spline) {
    int order = spline.order();
    int pad = spline.pad();
    double step = out > 1 ? (double) (in - 1) / (out - 1) : 1;
    start = new int[out];
    weights = new double[order + 1][out];
    double[] w = new double[order + 1];
    for (int o = 0; o < out; o++) {
      double at = inside(o * step + pad, in - 1 + 2 * pad, spline.ends());
      double middle = Math.floor(order % 2 == 1 ? at : at + 0.5);
      start[o] = (int) middle - order / 2 - pad;
      weights(at - middle, order, w);
      for (int t = 0; t <= order; t++) {
        weights[t][o] = w[t];
      }
    }
  }

  /**
   * A place that rounding has taken beyond the last sample: scipy brings it back, but for mirrored ends,
   * where it folds back only what lies a whole sample beyond.
   */
  private static double inside(double at, int last, Ends ends) {
    return ends == Ends.MIRRORED ? at : Math.min(at, last);
  }

  /** The first tap of each output voxel. */
  int[] starts() {
    return start;
  }

  /** The weight of each output voxel for its tap of a number, 0 to the order. */
  double[] weights(int tap) {
    return weights[tap];
  }

  /** B-spline weights for a distance to the middle knot: 0 to 1 for odd orders, -1/2 to 1/2 for even. */
  private static void weights(double distance, int order, double[] w) {
    double before = 0.5 - distance;
    double after = 1 - distance;
    switch (order) {
      case 0 -> {
        // One tap, whose weight is the rest below.
      }
      case 1 -> w[0] = after;
      case 2 -> {
        w[0] = 0.5 * before * before;
        w[1] = 0.75 - distance * distance;
      }
      case 3 -> {
        w[0] = after * after * after / 6;
        w[1] = (distance * distance * (distance - 2) * 3 + 4) / 6;
        w[2] = (after * after * (after - 2) * 3 + 4) / 6;
      }
      case 4 -> {
        double t = before * before;
        w[0] = t * t / 24;
        w[1] = quarticSide(1 + distance);
        t = distance * distance;
        w[2] = t * (t * 0.25 - 0.625) + 115.0 / 192;
        w[3] = quarticSide(after);
      }
      default -> {
        double t = after * after;
        w[0] = after * t * t / 120;
        w[1] = quinticSide(distance + 1);
        w[2] = quinticMiddle(distance);
        w[3] = quinticMiddle(after);
        w[4] = quinticSide(after + 1);
      }
    }
    w[order] = 1;
    for (int t = 0; t < order; t++) {
      w[order] -= w[t];
    }
  }

  private static double quarticSide(double t) {
    return t * (t * (t * (5 - t) / 6 - 1.25) + 5.0 / 24) + 55.0 / 96;
  }

  private static double quinticMiddle(double d) {
    double t = d * d;
    return t * (t * (0.25 - d / 12) - 0.5) + 0.55;
  }

  private static double quinticSide(double d) {
    return d * (d * (d * (d * (d / 24 - 0.375) + 1.25) - 1.75) + 0.625) + 0.425;
  }
}
