package io.fiducia.anatomy.statistics;

import io.fiducia.volume.FloatVolume;
import java.util.stream.IntStream;

/**
 * How intensities become the whole numbers that are counted, and these the figures that are shown:
 * (number - offset) in 16 bits, over the divisor.
 */
record IntensityScale(short offset, double divisor) {
  static final IntensityScale NONE = new IntensityScale((short) 0, 1);
  private static final int PIECE = 1 << 16;

  /** The scale that maps an image's smallest number to 0 and its largest to 1. */
  static IntensityScale of(FloatVolume image) {
    float[] data = image.data();
    int pieces = (data.length + PIECE - 1) / PIECE;
    int[] range = IntStream.range(0, pieces).parallel().mapToObj(p -> {
      int min = Short.MAX_VALUE;
      int max = Short.MIN_VALUE;
      for (int i = p * PIECE; i < Math.min(data.length, (p + 1L) * PIECE); i++) {
        int v = whole(data[i]);
        min = Math.min(min, v);
        max = Math.max(max, v);
      }
      return new int[]{min, max};
    }).reduce((a, b) -> new int[]{Math.min(a[0], b[0]), Math.max(a[1], b[1])}).orElseThrow();
    return new IntensityScale((short) range[0], (short) (range[1] - range[0]));
  }

  /**
   * A number as numpy's conversion to int16 gives it on x86-64: cut towards zero to 32 bits, of which
   * the lower 16 are kept; 0 for what 32 bits do not hold.
   */
  static short whole(float value) {
    return value >= Integer.MIN_VALUE && value < -(float) Integer.MIN_VALUE
        ? (short) (int) value
        : 0;
  }

  /** The number that is counted for an intensity. */
  short number(float intensity) {
    return (short) (whole(intensity) - offset);
  }
}
