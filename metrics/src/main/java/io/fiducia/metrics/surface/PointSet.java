package io.fiducia.metrics.surface;

/** Points of a grid in raster order, found by their row. */
final class PointSet {
  final BitRows bits;
  /** Index of each row's first point; one more at the end. Row number: {@code z * ny + y}. */
  final int[] rowStart;
  /** The x of each point, ascending in a row. */
  final int[] xs;

  PointSet(BitRows bits) {
    this.bits = bits;
    rowStart = new int[bits.rows() + 1];
    xs = new int[Math.toIntExact(bits.count())];
    int n = 0;
    for (int row = 0; row < bits.rows(); row++) {
      int start = bits.start(row);
      for (int w = 0; w < bits.stride; w++) {
        for (long rest = bits.words[start + w]; rest != 0; rest &= rest - 1) {
          xs[n++] = w * Long.SIZE + Long.numberOfTrailingZeros(rest);
        }
      }
      rowStart[row + 1] = n;
    }
  }

  int count() {
    return xs.length;
  }

  /** The first place in a range of ascending numbers whose number is not below a limit. */
  static int firstFrom(int[] xs, int low, int high, int limit) {
    int from = low;
    int to = high;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (xs[middle] < limit) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
