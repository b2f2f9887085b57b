package io.fiducia.morphology;

import java.util.stream.IntStream;

/**
 * Distances in steps along the axes (city-block distance) up to a limit. A voxel reached by n dilations
 * with the six neighbours is one at most n steps away, which two sweeps along each axis find however
 * large n is.
 */
final class CityBlock {
  private static final int CHUNKS = 64;

  private CityBlock() {}

  /** The voxels at most some steps from a mask. */
  static boolean[] within(boolean[] mask, int[] shapeZyx, int steps) {
    Masks.check(mask, shapeZyx);
    int limit = Math.min(steps, Short.MAX_VALUE - 1);
    short[] distance = new short[mask.length];
    int width = shapeZyx[2];
    int plane = shapeZyx[1] * width;
    IntStream.range(0, shapeZyx[0]).parallel().forEach(k -> {
      for (int j = 0; j < shapeZyx[1]; j++) {
        row(mask, k * plane + j * width, width, limit, distance);
      }
      columns(distance, k * plane, shapeZyx[1], width, 0, width);
    });
    int chunks = Math.min(plane, CHUNKS);
    IntStream.range(0, chunks).parallel().forEach(c -> columns(distance, 0, shapeZyx[0], plane,
        (int) ((long) plane * c / chunks), (int) ((long) plane * (c + 1) / chunks)));
    boolean[] out = new boolean[mask.length];
    IntStream.range(0, shapeZyx[0]).parallel().forEach(k -> {
      for (int i = k * plane; i < (k + 1) * plane; i++) {
        out[i] = distance[i] <= limit;
      }
    });
    return out;
  }

  private static void row(boolean[] mask, int offset, int n, int limit, short[] distance) {
    int far = limit + 1;
    int d = far;
    for (int i = offset; i < offset + n; i++) {
      d = mask[i] ? 0 : Math.min(d + 1, far);
      distance[i] = (short) d;
    }
    d = far;
    for (int i = offset + n - 1; i >= offset; i--) {
      d = Math.min(d + 1, distance[i]);
      distance[i] = (short) d;
    }
  }

  /** Sweeps the columns [from, to) of n rows that lie {@code stride} apart, down and up. */
  private static void columns(short[] distance, int offset, int n, int stride, int from, int to) {
    for (int r = 1; r < n; r++) {
      sweep(distance, offset + (r - 1) * stride, offset + r * stride, from, to);
    }
    for (int r = n - 2; r >= 0; r--) {
      sweep(distance, offset + (r + 1) * stride, offset + r * stride, from, to);
    }
  }

  private static void sweep(short[] distance, int before, int row, int from, int to) {
    for (int i = from; i < to; i++) {
      distance[row + i] = (short) Math.min(distance[row + i], distance[before + i] + 1);
    }
  }
}
