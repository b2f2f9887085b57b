package io.fiducia.metrics.surface;

import java.util.Arrays;

/** Points of a grid in raster order, found by their row. */
final class PointSet {
  final int ny;
  final int nz;
  /** Index of each row's first point; one more at the end. Row number: {@code z * ny + y}. */
  final int[] rowStart;
  /** The x of each point, ascending in a row. */
  final int[] xs;

  private PointSet(int ny, int nz, int[] rowStart, int[] xs) {
    this.ny = ny;
    this.nz = nz;
    this.rowStart = rowStart;
    this.xs = xs;
  }

  int count() {
    return xs.length;
  }

  /** Collects points in raster order. */
  static final class Builder {
    private final int ny;
    private final int nz;
    private final int[] rowStart;
    private int[] xs = new int[1024];
    private int count;

    Builder(int ny, int nz) {
      this.ny = ny;
      this.nz = nz;
      rowStart = new int[ny * nz + 1];
    }

    void add(int x) {
      if (count == xs.length) {
        xs = Arrays.copyOf(xs, 2 * count);
      }
      xs[count++] = x;
    }

    /** To be called after the last point of every row, in order. */
    void endRow(int row) {
      rowStart[row + 1] = count;
    }

    int count() {
      return count;
    }

    PointSet build() {
      return new PointSet(ny, nz, rowStart, Arrays.copyOf(xs, count));
    }
  }
}
