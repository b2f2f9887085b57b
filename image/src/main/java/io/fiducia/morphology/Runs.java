package io.fiducia.morphology;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The runs of one value along the rows of a mask, joined into connected sets. Runs are far fewer than
 * voxels, so joining them costs little beside reading the mask.
 */
final class Runs {
  private final int depth;
  private final int height;
  /** Index of each row's first run; one more at the end. */
  private final int[] rowFirst;
  private final int[] start;
  private final int[] end;
  private final int[] parent;

  Runs(boolean[] mask, boolean value, int[] shape, Connectivity connectivity) {
    depth = shape[0];
    height = shape[1];
    int width = shape[2];
    int[][] found = new int[depth][];
    rowFirst = new int[depth * height + 1];
    IntStream.range(0, depth).parallel()
        .forEach(k -> found[k] = slice(mask, value, k, height, width, rowFirst));
    for (int row = 0; row < depth * height; row++) {
      rowFirst[row + 1] += rowFirst[row];
    }
    int count = rowFirst[depth * height];
    start = new int[count];
    end = new int[count];
    parent = new int[count];
    IntStream.range(0, depth).parallel().forEach(k -> {
      int run = rowFirst[k * height];
      for (int i = 0; i < found[k].length; i += 2, run++) {
        start[run] = found[k][i];
        end[run] = found[k][i + 1];
        parent[run] = run;
      }
    });
    join(connectivity);
  }

  /** Start and end of each run of a slice; adds each row's count to the next row's entry. */
  private static int[] slice(boolean[] mask, boolean value, int k, int height, int width,
      int[] rowFirst) {
    int[] runs = new int[64];
    int n = 0;
    for (int j = 0; j < height; j++) {
      int row = k * height + j;
      int offset = row * width;
      int before = n;
      int i = 0;
      while (i < width) {
        if (mask[offset + i] != value) {
          i++;
          continue;
        }
        int first = i;
        do {
          i++;
        } while (i < width && mask[offset + i] == value);
        if (n + 2 > runs.length) {
          runs = Arrays.copyOf(runs, runs.length * 2);
        }
        runs[n++] = first;
        runs[n++] = i;
      }
      rowFirst[row + 1] = (n - before) / 2;
    }
    return Arrays.copyOf(runs, n);
  }

  private void join(Connectivity c) {
    for (int k = 0; k < depth; k++) {
      for (int j = 0; j < height; j++) {
        int row = k * height + j;
        if (j > 0) {
          join(row, row - 1, c.joins(0, -1, 1) ? 1 : 0);
        }
        if (k == 0) {
          continue;
        }
        for (int dj = -1; dj <= 1; dj++) {
          if (j + dj >= 0 && j + dj < height && c.joins(-1, dj, 0)) {
            join(row, row - height + dj, c.joins(-1, dj, 1) ? 1 : 0);
          }
        }
      }
    }
  }

  /** Joins the runs of two rows that overlap when one of them is widened by {@code reach}. */
  private void join(int rowA, int rowB, int reach) {
    int a = rowFirst[rowA];
    int b = rowFirst[rowB];
    while (a < rowFirst[rowA + 1] && b < rowFirst[rowB + 1]) {
      if (start[a] < end[b] + reach && start[b] < end[a] + reach) {
        union(a, b);
      }
      if (end[a] < end[b]) {
        a++;
      } else {
        b++;
      }
    }
  }

  private void union(int a, int b) {
    int ra = root(a);
    int rb = root(b);
    // The smallest run is the root, so that sets are numbered in raster order.
    if (ra < rb) {
      parent[rb] = ra;
    } else {
      parent[ra] = rb;
    }
  }

  /** The first run of a run's set. */
  int root(int run) {
    int r = run;
    while (parent[r] != r) {
      parent[r] = parent[parent[r]];
      r = parent[r];
    }
    return r;
  }

  int count() {
    return start.length;
  }

  int start(int run) {
    return start[run];
  }

  int end(int run) {
    return end[run];
  }

  int rowFirst(int row) {
    return rowFirst[row];
  }

  int rows() {
    return depth * height;
  }
}
