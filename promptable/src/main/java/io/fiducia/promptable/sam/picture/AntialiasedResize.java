package io.fiducia.promptable.sam.picture;

import java.util.stream.IntStream;

/**
 * Scales 8-bit pictures as Pillow's {@code Image.resize} does with its bilinear filter, to the last bit: a pixel
 * is the weighted mean of those under a triangle as wide as two pixels of the coarser picture. Weights are whole
 * numbers of 22 fractional bits, and the result of the first direction is rounded to 8 bit. Columns come first;
 * Pillow takes rows first where they become fewer and columns more, which does not occur where the aspect is kept.
 */
final class AntialiasedResize {
  private static final int BITS = 22;

  private AntialiasedResize() {}

  /** For each new pixel of an axis the first old one and the weights of those from there on. */
  private record Taps(int[] first, int[][] weights) {
    static Taps of(int from, int to) {
      double scale = (double) from / to;
      double width = Math.max(1, scale);
      int[] first = new int[to];
      int[][] weights = new int[to][];
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        first[i] = Math.max(0, (int) (centre - width + 0.5));
        int end = Math.min(from, (int) (centre + width + 0.5));
        double[] w = new double[end - first[i]];
        double sum = 0;
        for (int t = 0; t < w.length; t++) {
          w[t] = Math.max(0, 1 - Math.abs((t + first[i] - centre + 0.5) * (1 / width)));
          sum += w[t];
        }
        weights[i] = new int[w.length];
        for (int t = 0; t < w.length; t++) {
          weights[i][t] = (int) (0.5 + (sum == 0 ? w[t] : w[t] / sum) * (1 << BITS));
        }
      }
      return new Taps(first, weights);
    }
  }

  /** The scaled picture, row by row; {@code grey} has values from 0 to 255. */
  static int[] apply(int[] grey, int width, int height, int newWidth, int newHeight) {
    int[] wide = grey;
    if (newWidth != width) {
      Taps taps = Taps.of(width, newWidth);
      wide = new int[newWidth * height];
      int[] to = wide;
      IntStream.range(0, height).parallel().forEach(y -> {
        for (int x = 0; x < newWidth; x++) {
          to[y * newWidth + x] = weighted(grey, y * width + taps.first[x], 1, taps.weights[x]);
        }
      });
    }
    if (newHeight == height) {
      return wide.clone();
    }
    Taps taps = Taps.of(height, newHeight);
    int[] from = wide;
    int[] out = new int[newWidth * newHeight];
    IntStream.range(0, newHeight).parallel().forEach(y -> {
      for (int x = 0; x < newWidth; x++) {
        out[y * newWidth + x] = weighted(from, taps.first[y] * newWidth + x, newWidth,
            taps.weights[y]);
      }
    });
    return out;
  }

  private static int weighted(int[] grey, int at, int step, int[] weights) {
    int sum = 1 << BITS - 1;
    for (int t = 0; t < weights.length; t++) {
      sum += grey[at + t * step] * weights[t];
    }
    return Math.clamp(sum >> BITS, 0, 255);
  }
}
