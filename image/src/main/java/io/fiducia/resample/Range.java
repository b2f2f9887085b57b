package io.fiducia.resample;

import java.util.stream.IntStream;

/** The smallest and largest number of an array; NaN is passed over. */
record Range(float min, float max) {
  static final Range EMPTY = new Range(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
  private static final int PIECE = 1 << 16;

  static Range of(float[] data) {
    int pieces = (data.length + PIECE - 1) / PIECE;
    return IntStream.range(0, pieces).parallel()
        .mapToObj(p -> EMPTY.with(data, p * PIECE, end(data, p)))
        .reduce(EMPTY, (a, b) -> new Range(Math.min(a.min, b.min), Math.max(a.max, b.max)));
  }

  Range with(float[] data, int from, int to) {
    float lo = min;
    float hi = max;
    for (int i = from; i < to; i++) {
      float v = data[i];
      if (v < lo) {
        lo = v;
      }
      if (v > hi) {
        hi = v;
      }
    }
    return new Range(lo, hi);
  }

  void clip(float[] data) {
    int pieces = (data.length + PIECE - 1) / PIECE;
    IntStream.range(0, pieces).parallel().forEach(p -> clip(data, p * PIECE, end(data, p)));
  }

  void clip(float[] data, int from, int to) {
    for (int i = from; i < to; i++) {
      data[i] = Math.min(max, Math.max(min, data[i]));
    }
  }

  private static int end(float[] data, int piece) {
    return (int) Math.min(data.length, (piece + 1L) * PIECE);
  }
}
