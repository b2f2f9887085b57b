package io.fiducia.resample;

/**
 * The recursive filters that turn samples into the coefficients of B-splines, with the arithmetic of
 * {@code scipy.ndimage.spline_filter}: a causal and an anticausal recursion for each pole (Unser,
 * Aldroubi, Eden, IEEE PAMI 1991), started as if the axis were mirrored at its ends: at the border of
 * the outermost voxel in mode {@code nearest}, at its centre in the modes {@code mirror} and {@code
 * constant}.
 *
 * <p>Several lines are filtered together: row i holds sample i of all of them, so that the recursion
 * along a line becomes arithmetic on whole rows, which the JIT compiler turns into vector instructions.
 */
final class SplineFilter {
  private static final double[][] POLES = {
    {},
    {},
    {-0.171572875253809902396622551580603843},
    {-0.267949192431122706472553658494127633},
    {-0.361341225900220177092212841325675255, -0.013725429297339121360331226939128204},
    {-0.430575347099973791851434783493520110, -0.043096288203264653822712376822550182}};
  /** A state this much smaller than the samples no longer changes a double. */
  private static final double FORGOTTEN = 1e-18;
  /** Further steps until rounding has become the same. */
  private static final int SETTLE = 12;

  private final double[] poles;
  private final double gain;
  private final Ends ends;

  SplineFilter(Spline spline) {
    poles = POLES[spline.order()];
    ends = spline.ends();
    double product = 1;
    for (double z : poles) {
      product *= (1 - z) * (1 - 1 / z);
    }
    gain = product;
  }

  /**
   * After how many samples a filter that started somewhere inside a line gives the coefficients of one
   * that came from its end.
   */
  int memory() {
    return SETTLE + (int) Math.ceil(Math.log(FORGOTTEN) / Math.log(Math.abs(poles[0])));
  }

  /**
   * Replaces the samples of several lines by their coefficients.
   *
   * @param n samples of a line; {@code rows} may have more
   * @param width lines
   */
  void apply(double[][] rows, int n, int width) {
    if (n == 1 && ends == Ends.MIRRORED) {
      return;
    }
    for (int i = 0; i < n; i++) {
      scale(rows[i], gain, width);
    }
    for (double z : poles) {
      switch (ends) {
        case CONSTANT -> start(rows, n, width, z);
        case MIRRORED -> startMirrored(rows, n, width, z);
      }
      for (int i = 1; i < n; i++) {
        causal(rows[i - 1], rows[i], z, width);
      }
      switch (ends) {
        case CONSTANT -> scale(rows[n - 1], z / (z - 1), width);
        case MIRRORED -> turn(rows[n - 2], rows[n - 1], z, width);
      }
      for (int i = n - 2; i >= 0; i--) {
        anticausal(rows[i + 1], rows[i], z, width);
      }
    }
  }

  /** The causal filter's first value: the sum over the mirrored samples before it. */
  private static void start(double[][] rows, int n, int width, double z) {
    double around = Math.pow(z, n);
    double[] sum = rows[0];
    double[] first = sum.clone();
    double[] last = rows[n - 1];
    for (int c = 0; c < width; c++) {
      sum[c] = sum[c] + around * last[c];
    }
    double power = z;
    for (int i = 1; i < n; i++) {
      addMirrored(rows[i], rows[n - 1 - i], around, power, sum, width);
      power *= z;
    }
    double factor = z / (1 - around * around);
    for (int c = 0; c < width; c++) {
      sum[c] = sum[c] * factor + first[c];
    }
  }

  /** The same for an axis that is mirrored at the centres of its outermost voxels. */
  private static void startMirrored(double[][] rows, int n, int width, double z) {
    double around = Math.pow(z, n - 1);
    double[] sum = rows[0];
    double[] last = rows[n - 1];
    for (int c = 0; c < width; c++) {
      sum[c] = sum[c] + around * last[c];
    }
    double power = z;
    for (int i = 1; i < n - 1; i++) {
      addMirrored(rows[i], rows[n - 1 - i], around, power, sum, width);
      power *= z;
    }
    double factor = 1 - around * around;
    for (int c = 0; c < width; c++) {
      sum[c] /= factor;
    }
  }

  // Each loop below uses one index for all its arrays: that is what lets the compiler vectorise it.

  private static void addMirrored(double[] row, double[] mirrored, double around, double power,
      double[] sum, int width) {
    for (int c = 0; c < width; c++) {
      sum[c] += power * (row[c] + around * mirrored[c]);
    }
  }

  private static void scale(double[] row, double factor, int width) {
    for (int c = 0; c < width; c++) {
      row[c] *= factor;
    }
  }

  private static void causal(double[] before, double[] row, double z, int width) {
    for (int c = 0; c < width; c++) {
      row[c] += z * before[c];
    }
  }

  /** The anticausal filter's first value where the axis is mirrored at the last voxel's centre. */
  private static void turn(double[] before, double[] row, double z, int width) {
    for (int c = 0; c < width; c++) {
      row[c] = (z * before[c] + row[c]) * z / (z * z - 1);
    }
  }

  private static void anticausal(double[] after, double[] row, double z, int width) {
    for (int c = 0; c < width; c++) {
      row[c] = z * (after[c] - row[c]);
    }
  }
}
