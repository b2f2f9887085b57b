package io.fiducia.morphology;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The runs of one value along the rows of a mask or of a label map, joined into connected sets. Runs are
 * far fewer than voxels, so joining them costs little beside reading the voxels.
 */
final class Runs {
  /** Finds runs in a row, whose voxels lie from {@code offset} in an array. */
  private sealed interface Scanner {
    /** The first voxel of a run at or after a voxel; the width if there is none. */
    int begin(int offset, int from, int width);

    /** The end of the run that begins at a voxel. */
    int end(int offset, int from, int width);

    /** Whether the runs of two voxels of the array are of one kind. */
    boolean same(int voxel, int other);
  }

  private record MaskScanner(boolean[] mask, boolean value) implements Scanner {
    @Override
    public int begin(int offset, int from, int width) {
      int i = from;
      while (i < width && mask[offset + i] != value) {
        i++;
      }
      return i;
    }

    @Override
    public int end(int offset, int from, int width) {
      int i = from;
      while (i < width && mask[offset + i] == value) {
        i++;
      }
      return i;
    }

    @Override
    public boolean same(int voxel, int other) {
      return true;
    }
  }

  private record LabelScanner(short[] labels, boolean[] wanted) implements Scanner {
    @Override
    public int begin(int offset, int from, int width) {
      int i = from;
      while (i < width && !isWanted(labels[offset + i])) {
        i++;
      }
      return i;
    }

    private boolean isWanted(int label) {
      return label > 0 && label < wanted.length && wanted[label];
    }

    @Override
    public int end(int offset, int from, int width) {
      short label = labels[offset + from];
      int i = from;
      while (i < width && labels[offset + i] == label) {
        i++;
      }
      return i;
    }

    @Override
    public boolean same(int voxel, int other) {
      return labels[voxel] == labels[other];
    }
  }

  private final int depth;
  private final int height;
  private final int width;
  /** Index of each row's first run; one more at the end. */
  private final int[] rowFirst;
  private final int[] start;
  private final int[] end;
  private final int[] parent;

  /** The runs of a value in a mask. */
  Runs(boolean[] mask, boolean value, int[] shape, Connectivity connectivity) {
    this(new MaskScanner(mask, value), shape, connectivity);
  }

  /**
   * The runs of each wanted label; those of different labels are never joined.
   *
   * @param wanted by label; labels of 0 and below and those beyond its end are not wanted
   */
  Runs(short[] labels, boolean[] wanted, int[] shape, Connectivity connectivity) {
    this(new LabelScanner(labels, wanted), shape, connectivity);
  }

  private Runs(Scanner scanner, int[] shape, Connectivity connectivity) {
    depth = shape[0];
    height = shape[1];
    width = shape[2];
    int[][] found = new int[depth][];
    rowFirst = new int[depth * height + 1];
    IntStream.range(0, depth).parallel().forEach(k -> found[k] = slice(scanner, k));
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
    join(connectivity, scanner);
  }

  /** Start and end of each run of a slice; adds each row's count to the next row's entry. */
  private int[] slice(Scanner scanner, int k) {
    int[] runs = new int[64];
    int n = 0;
    for (int j = 0; j < height; j++) {
      int row = k * height + j;
      int offset = row * width;
      int before = n;
      int i = scanner.begin(offset, 0, width);
      while (i < width) {
        if (n + 2 > runs.length) {
          runs = Arrays.copyOf(runs, runs.length * 2);
        }
        runs[n++] = i;
        i = scanner.end(offset, i, width);
        runs[n++] = i;
        i = scanner.begin(offset, i, width);
      }
      rowFirst[row + 1] = (n - before) / 2;
    }
    return Arrays.copyOf(runs, n);
  }

  private void join(Connectivity c, Scanner scanner) {
    for (int k = 0; k < depth; k++) {
      for (int j = 0; j < height; j++) {
        int row = k * height + j;
        if (j > 0) {
          join(row, row - 1, c.joins(0, -1, 1) ? 1 : 0, scanner);
        }
        if (k == 0) {
          continue;
        }
        for (int dj = -1; dj <= 1; dj++) {
          if (j + dj >= 0 && j + dj < height && c.joins(-1, dj, 0)) {
            join(row, row - height + dj, c.joins(-1, dj, 1) ? 1 : 0, scanner);
          }
        }
      }
    }
  }

  /** Joins the runs of two rows that overlap when one of them is widened by {@code reach}. */
  private void join(int rowA, int rowB, int reach, Scanner scanner) {
    int a = rowFirst[rowA];
    int b = rowFirst[rowB];
    int endA = rowFirst[rowA + 1];
    int endB = rowFirst[rowB + 1];
    while (a < endA && b < endB) {
      join(rowA, a, rowB, b, reach, scanner);
      if (end[a] < end[b]) {
        a++;
      } else {
        // Runs of labels may follow each other without a gap: the next one can touch this one too.
        if (reach > 0 && end[a] == end[b] && a + 1 < endA) {
          join(rowA, a + 1, rowB, b, reach, scanner);
        }
        b++;
      }
    }
  }

  private void join(int rowA, int a, int rowB, int b, int reach, Scanner scanner) {
    if (start[a] < end[b] + reach && start[b] < end[a] + reach
        && scanner.same(rowA * width + start[a], rowB * width + start[b])) {
      union(a, b);
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

  /** Visits all runs in raster order. */
  void forEach(Visit visit) {
    for (int row = 0; row < rows(); row++) {
      for (int r = rowFirst[row]; r < rowFirst[row + 1]; r++) {
        visit.run(r, row);
      }
    }
  }

  /** What a walk over all runs does. */
  @FunctionalInterface
  interface Visit {
    void run(int run, int row);
  }
}
