package io.fiducia.metrics.surface;

/**
 * A set of points of a grid, one bit each, so that 64 neighbours are looked at together. Points on the
 * border of the grid do not belong to masks: what is asked about neighbours never leaves the grid.
 */
final class BitRows {
  private static final long[] HALVES = {0xaaaaaaaaaaaaaaaaL, 0xccccccccccccccccL,
    0xf0f0f0f0f0f0f0f0L, 0xff00ff00ff00ff00L, 0xffff0000ffff0000L, 0xffffffff00000000L};

  final int nx;
  final int ny;
  final int nz;
  /** Words of a row. The last one is always 0, and so is one before the first row. */
  final int stride;
  /** Bit x mod 64 of word {@code start(row) + x / 64} is the point x. */
  final long[] words;

  BitRows(int nx, int ny, int nz) {
    this.nx = nx;
    this.ny = ny;
    this.nz = nz;
    this.stride = (nx + Long.SIZE - 1) / Long.SIZE + 1;
    this.words = new long[Math.addExact(1, Math.multiplyExact(rows(), stride))];
  }

  int rows() {
    return ny * nz;
  }

  /** The first word of a row; row number: {@code z * ny + y}. */
  int start(int row) {
    return 1 + row * stride;
  }

  /** Adds the points from x {@code from} to before {@code to} of a row. */
  void add(int row, int from, int to) {
    int first = start(row) + from / Long.SIZE;
    int last = start(row) + (to - 1) / Long.SIZE;
    long high = -1L >>> -to;
    for (int w = first; w <= last; w++) {
      words[w] |= (w == first ? -1L << from : -1L) & (w == last ? high : -1L);
    }
  }

  /** The 64 points of a row from x − 32 on. */
  long around(int row, int x) {
    int from = x - Long.SIZE / 2;
    int w = start(row) + (from >> 6);
    int shift = from & 63;
    return words[w] >>> shift | words[w + 1] << 1 << (63 - shift);
  }

  /** The points x + 1 for x = 0 to 63 of a word. */
  long next(int word) {
    return words[word] >>> 1 | words[word + 1] << 63;
  }

  /** The points of a word that share a face with a point outside the set, in their slice or at all. */
  long boundary(int word, boolean inSlice) {
    long own = words[word];
    if (own == 0) {
      return 0;
    }
    long inside = next(word) & (own << 1 | words[word - 1] >>> 63) & words[word - stride]
        & words[word + stride];
    if (!inSlice) {
      inside &= words[word - stride * ny] & words[word + stride * ny];
    }
    return own & ~inside;
  }

  /** How many points there are. */
  long count() {
    long n = 0;
    for (long w : words) {
      n += Long.bitCount(w);
    }
    return n;
  }

  /** The sum of the places, 0 to 63, of a word's bits. */
  static long sumOfPlaces(long word) {
    long sum = 0;
    for (int i = 0; i < HALVES.length; i++) {
      sum += (long) Long.bitCount(word & HALVES[i]) << i;
    }
    return sum;
  }
}
