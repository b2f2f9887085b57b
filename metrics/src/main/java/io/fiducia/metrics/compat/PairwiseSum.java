package io.fiducia.metrics.compat;

/**
 * Sums in the order of {@code numpy.sum} over float64: halves of more than 128 values are summed
 * apart, shorter pieces in eight interleaved sums (pairwise summation).
 */
final class PairwiseSum {
  private static final int BLOCK = 128;
  private static final int LANES = 8;

  private PairwiseSum() {}

  static double of(double[] values) {
    return of(values, 0, values.length);
  }

  private static double of(double[] v, int from, int n) {
    if (n < LANES) {
      double sum = 0;
      for (int i = from; i < from + n; i++) {
        sum += v[i];
      }
      return sum;
    }
    if (n > BLOCK) {
      int half = n / 2;
      half -= half % LANES;
      return of(v, from, half) + of(v, from + half, n - half);
    }
    double[] r = new double[LANES];
    int whole = n - n % LANES;
    for (int i = 0; i < whole; i++) {
      r[i % LANES] += v[from + i];
    }
    double sum = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]));
    for (int i = whole; i < n; i++) {
      sum += v[from + i];
    }
    return sum;
  }
}
