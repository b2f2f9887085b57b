package io.fiducia.report;

/** Traces the border of a mask along its pixels' edges: exactly the voxels, nothing smoothed. */
final class Outlines {
  private static final int[] DX = {1, 0, -1, 0};
  private static final int[] DY = {0, 1, 0, -1};
  private static final char[] COMMAND = {'h', 'v', 'h', 'v'};

  /** Tells which pixels are inside. */
  @FunctionalInterface
  interface Mask {
    boolean inside(int column, int row);
  }

  private Outlines() {}

  /**
   * SVG path data of closed loops around the inside pixels of a window of the picture, in pixel
   * units; empty if there is none. Pixels that touch at a corner only get loops of their own.
   */
  static String trace(Mask mask, int left, int top, int width, int height) {
    int across = width + 1;
    // For each corner of a pixel, which edges leave it: bit d for direction d. Inside is on the right.
    byte[] leaving = new byte[across * (height + 1)];
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        if (!mask.inside(left + c, top + r)) {
          continue;
        }
        if (r == 0 || !mask.inside(left + c, top + r - 1)) {
          leaving[r * across + c] |= 1;
        }
        if (c == width - 1 || !mask.inside(left + c + 1, top + r)) {
          leaving[r * across + c + 1] |= 2;
        }
        if (r == height - 1 || !mask.inside(left + c, top + r + 1)) {
          leaving[(r + 1) * across + c + 1] |= 4;
        }
        if (c == 0 || !mask.inside(left + c - 1, top + r)) {
          leaving[(r + 1) * across + c] |= 8;
        }
      }
    }
    StringBuilder path = new StringBuilder();
    for (int start = 0; start < leaving.length; start++) {
      while (leaving[start] != 0) {
        loop(leaving, across, start, left, top, path);
      }
    }
    return path.toString();
  }

  private static void loop(byte[] leaving, int across, int start, int left, int top,
      StringBuilder path) {
    path.append('M').append(left + start % across).append(' ').append(top + start / across);
    int at = start;
    int direction = Integer.numberOfTrailingZeros(leaving[at]);
    int run = 0;
    do {
      int next = turn(leaving[at], direction);
      if (next != direction && run > 0) {
        append(path, direction, run);
        run = 0;
      }
      direction = next;
      leaving[at] &= (byte) ~(1 << direction);
      at += DX[direction] + DY[direction] * across;
      run++;
    } while (at != start);
    // Closing the path draws the last run.
    path.append('z');
  }

  /** The edge to follow: right turns first, which keeps to the pixel at hand. */
  private static int turn(byte leaving, int direction) {
    for (int t : new int[]{1, 0, 3}) {
      int d = (direction + t) & 3;
      if ((leaving >> d & 1) != 0) {
        return d;
      }
    }
    throw new IllegalStateException("an outline that does not close");
  }

  private static void append(StringBuilder path, int direction, int run) {
    path.append(COMMAND[direction]).append(run * (DX[direction] + DY[direction]));
  }
}
