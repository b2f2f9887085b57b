package io.fiducia.learn.augment;

/** Mean, unbiased standard deviation, least and largest value of a run of numbers. */
record IntensityMoments(double mean, double std, float min, float max) {
  private static final int BLOCK = 1024;

  /**
   * The moments of {@code count} values from {@code offset} on. Values are summed four lanes wide in
   * short blocks, which is quick, exact enough, and the same on every machine.
   */
  static IntensityMoments of(float[] data, int offset, int count) {
    double sum = 0;
    double squares = 0;
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    // Squares are taken about the first value, so that a large common offset cancels.
    float origin = data[offset];
    int end = offset + count;
    for (int block = offset; block < end; block += BLOCK) {
      int stop = Math.min(block + BLOCK, end);
      double s0 = 0;
      double s1 = 0;
      double s2 = 0;
      double s3 = 0;
      double q0 = 0;
      double q1 = 0;
      double q2 = 0;
      double q3 = 0;
      int i = block;
      for (; i + 3 < stop; i += 4) {
        double a = data[i] - origin;
        double b = data[i + 1] - origin;
        double c = data[i + 2] - origin;
        double d = data[i + 3] - origin;
        s0 += a;
        s1 += b;
        s2 += c;
        s3 += d;
        q0 += a * a;
        q1 += b * b;
        q2 += c * c;
        q3 += d * d;
      }
      for (; i < stop; i++) {
        double a = data[i] - origin;
        s0 += a;
        q0 += a * a;
      }
      sum += s0 + s1 + (s2 + s3);
      squares += q0 + q1 + (q2 + q3);
      for (int k = block; k < stop; k++) {
        min = Math.min(min, data[k]);
        max = Math.max(max, data[k]);
      }
    }
    double mean = sum / count;
    double variance = count > 1 ? Math.max(0, squares - sum * mean) / (count - 1) : 0;
    return new IntensityMoments(origin + mean, Math.sqrt(variance), min, max);
  }
}
