package io.fiducia.promptable.sam.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scales 8-bit pictures as OpenCV's {@code resize} does with {@code INTER_AREA}: where both axes become smaller,
 * a pixel is the mean of the area that it covers; else neighbours are interpolated linearly.
 */
final class AreaResize {
  /** Shares of a pixel below this are left out. */
  private static final double LEAST = 1e-3;
  private static final int FIXED = 2048;

  private AreaResize() {}

  /** The share of an old pixel in a new one. */
  private record Share(int from, int to, float weight) {}

  /** The scaled picture, row by row; {@code grey} has values from 0 to 255. */
  static int[] apply(int[] grey, int width, int height, int newWidth, int newHeight) {
    if (newWidth == width && newHeight == height) {
      return grey.clone();
    }
    double scaleX = 1 / ((double) newWidth / width);
    double scaleY = 1 / ((double) newHeight / height);
    if (scaleX < 1 || scaleY < 1) {
      return linear(grey, width, height, newWidth, newHeight);
    }
    int wholeX = (int) Math.rint(scaleX);
    int wholeY = (int) Math.rint(scaleY);
    return Math.abs(scaleX - wholeX) < Math.ulp(1.0) && Math.abs(scaleY - wholeY) < Math.ulp(1.0)
        ? blocks(grey, width, newWidth, newHeight, wholeX, wholeY)
        : areas(grey, width, newWidth, newHeight, shares(width, newWidth, scaleX),
            shares(height, newHeight, scaleY));
  }

  private static int[] blocks(int[] grey, int width, int newWidth, int newHeight, int blockX,
      int blockY) {
    int[] out = new int[newWidth * newHeight];
    float factor = 1f / (blockX * blockY);
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        int sum = 0;
        for (int j = 0; j < blockY; j++) {
          for (int i = 0; i < blockX; i++) {
            sum += grey[(y * blockY + j) * width + x * blockX + i];
          }
        }
        out[y * newWidth + x] = blockX == 2 && blockY == 2 ? sum + 2 >> 2 : rounded(sum * factor);
      }
    }
    return out;
  }

  private static List<Share> shares(int from, int to, double scale) {
    List<Share> out = new ArrayList<>();
    for (int i = 0; i < to; i++) {
      double start = i * scale;
      double end = start + scale;
      double cell = Math.min(scale, from - start);
      int first = (int) Math.ceil(start);
      int last = Math.min((int) Math.floor(end), from - 1);
      first = Math.min(first, last);
      if (first - start > LEAST) {
        out.add(new Share(first - 1, i, (float) ((first - start) / cell)));
      }
      for (int s = first; s < last; s++) {
        out.add(new Share(s, i, (float) (1 / cell)));
      }
      if (end - last > LEAST) {
        out.add(new Share(last, i, (float) (Math.min(Math.min(end - last, 1), cell) / cell)));
      }
    }
    return out;
  }

  private static int[] areas(int[] grey, int width, int newWidth, int newHeight,
      List<Share> along, List<Share> down) {
    float[] sums = new float[newWidth * newHeight];
    float[] row = new float[newWidth];
    for (Share y : down) {
      Arrays.fill(row, 0);
      for (Share x : along) {
        row[x.to] += grey[y.from * width + x.from] * x.weight;
      }
      for (int x = 0; x < newWidth; x++) {
        sums[y.to * newWidth + x] += y.weight * row[x];
      }
    }
    int[] out = new int[sums.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = rounded(sums[i]);
    }
    return out;
  }

  /** For each new pixel the old one before it, and the weight of the one behind that. */
  private record Pairs(int[] first, int[] second) {
    static Pairs of(int from, int to) {
      double inverse = (double) to / from;
      double scale = 1 / inverse;
      int[] first = new int[to];
      int[] second = new int[to];
      for (int i = 0; i < to; i++) {
        int s = (int) Math.floor(i * scale);
        float f = (float) (i + 1 - (s + 1) * inverse);
        f = f <= 0 ? 0 : f - (float) Math.floor(f);
        if (s >= from - 1) {
          s = from - 1;
          f = 0;
        }
        first[i] = s;
        second[i] = (int) Math.rint(f * FIXED);
      }
      return new Pairs(first, second);
    }
  }

  private static int[] linear(int[] grey, int width, int height, int newWidth, int newHeight) {
    Pairs along = Pairs.of(width, newWidth);
    Pairs down = Pairs.of(height, newHeight);
    int[][] rows = new int[height][newWidth];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < newWidth; x++) {
        int at = y * width + along.first[x];
        int next = along.second[x] == 0 ? at : at + 1;
        rows[y][x] = grey[at] * (FIXED - along.second[x]) + grey[next] * along.second[x];
      }
    }
    int[] out = new int[newWidth * newHeight];
    for (int y = 0; y < newHeight; y++) {
      int[] above = rows[down.first[y]];
      int[] below = rows[Math.min(down.first[y] + 1, height - 1)];
      int weight = down.second[y];
      for (int x = 0; x < newWidth; x++) {
        int sum = ((FIXED - weight) * (above[x] >> 4) >> 16) + (weight * (below[x] >> 4) >> 16);
        out[y * newWidth + x] = Math.clamp(sum + 2 >> 2, 0, 255);
      }
    }
    return out;
  }

  private static int rounded(float v) {
    return Math.clamp((int) Math.rint(v), 0, 255);
  }
}
