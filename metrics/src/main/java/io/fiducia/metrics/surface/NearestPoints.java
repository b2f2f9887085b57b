package io.fiducia.metrics.surface;

import io.fiducia.geometry.Vec3;
import io.fiducia.morphology.DistanceTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Exact distances from points to the nearest of other points of one grid whose axes are at right
 * angles.
 *
 * <p>Two surfaces that are worth comparing lie close together nearly everywhere, so each point looks
 * through the other set's rows, the nearest first, until no row can hold a nearer point. Points that
 * have found none in {@value #ROWS} rows take their distance from an exact distance
 * transform, which is computed only if there are such points. Both ways give the same numbers.
 */
final class NearestPoints implements NearestSearch {
  private static final int ROWS = 700;
  /** Half the points of a word. */
  private static final int HALF = Long.SIZE / 2;
  /** The bits of a word that lie at most so many steps from bit HALF, its lowest among them for HALF. */
  private static final long[] WITHIN = new long[HALF + 1];
  /** Queries of one task. */
  private static final int CHUNK = 1 << 12;

  static {
    for (int steps = 0; steps < HALF; steps++) {
      WITHIN[steps] = (-1L >>> Long.SIZE - 1 - 2 * steps) << HALF - steps;
    }
    WITHIN[HALF] = -1L;
  }

  private final int nx;
  private final int ny;
  private final int nz;
  private final Vec3 spacingMm;
  private final int[] stepY;
  private final int[] stepZ;
  /** Squared length of 0, 1, ... HALF steps along a row. */
  private final double[] stepMm2 = new double[HALF + 1];
  /** Squared distance to the rows, ascending. */
  private final double[] rowMm2;
  /** Rows that are not in the list are at least as far as this. */
  private final double beyondMm2;

  /** Searches a grid of the given size. */
  NearestPoints(int nx, int ny, int nz, Vec3 spacingMm) {
    this.nx = nx;
    this.ny = ny;
    this.nz = nz;
    this.spacingMm = spacingMm;
    for (int steps = 0; steps <= HALF; steps++) {
      stepMm2[steps] = steps * spacingMm.x() * (steps * spacingMm.x());
    }
    record Step(int y, int z, double mm2) {}
    double sy = spacingMm.y();
    double sz = spacingMm.z();
    // A disc of about ROWS rows, or the whole grid if it is smaller.
    double radius = Math.sqrt(ROWS * sy * sz / Math.PI);
    int reachY = Math.min(ny - 1, (int) (radius / sy) + 1);
    int reachZ = Math.min(nz - 1, (int) (radius / sz) + 1);
    // What the box of steps cuts off is at least this far.
    double cutY = reachY == ny - 1 ? Double.POSITIVE_INFINITY : (reachY + 1) * sy;
    double cutZ = reachZ == nz - 1 ? Double.POSITIVE_INFINITY : (reachZ + 1) * sz;
    double cut = Math.min(cutY, cutZ);
    beyondMm2 = cut * cut;
    // Steps up and right are sorted, their mirror images follow them.
    List<Step> steps = new ArrayList<>();
    for (int z = 0; z <= reachZ; z++) {
      for (int y = 0; y <= reachY; y++) {
        double mm2 = y * sy * (y * sy) + z * sz * (z * sz);
        if (mm2 < beyondMm2) {
          steps.add(new Step(y, z, mm2));
        }
      }
    }
    steps.sort(Comparator.comparingDouble(Step::mm2));
    int[] ys = new int[4 * steps.size()];
    int[] zs = new int[4 * steps.size()];
    double[] far = new double[4 * steps.size()];
    int n = 0;
    for (Step s : steps) {
      for (int z = s.z; z >= -s.z; z -= Math.max(1, 2 * s.z)) {
        for (int y = s.y; y >= -s.y; y -= Math.max(1, 2 * s.y)) {
          ys[n] = y;
          zs[n] = z;
          far[n++] = s.mm2;
        }
      }
    }
    stepY = Arrays.copyOf(ys, n);
    stepZ = Arrays.copyOf(zs, n);
    rowMm2 = Arrays.copyOf(far, n);
  }

  @Override
  public double[] distancesMm(PointSet from, PointSet to) {
    double[] d = new double[from.count()];
    if (to.count() == 0) {
      Arrays.fill(d, Double.POSITIVE_INFINITY);
      return d;
    }
    int rows = ny * nz;
    int tasks = Math.max(1, from.count() / CHUNK);
    boolean[] far = new boolean[tasks];
    IntStream.range(0, tasks).parallel().forEach(t -> far[t] = search(from, to,
        (int) ((long) rows * t / tasks), (int) ((long) rows * (t + 1) / tasks), d));
    for (boolean any : far) {
      if (any) {
        transform(from, to, d);
        break;
      }
    }
    return d;
  }

  /** Fills the distances of some rows' points; NaN, and true, where the search was given up. */
  private boolean search(PointSet from, PointSet to, int firstRow, int endRow, double[] d) {
    boolean far = false;
    for (int row = firstRow; row < endRow; row++) {
      for (int p = from.rowStart[row]; p < from.rowStart[row + 1]; p++) {
        double mm2 = nearest(from.xs[p], row % ny, row / ny, to);
        far |= Double.isNaN(mm2);
        d[p] = Math.sqrt(mm2);
      }
    }
    return far;
  }

  private double nearest(int x, int y, int z, PointSet to) {
    double best = Double.POSITIVE_INFINITY;
    // Points at most so many steps along a row can still be the nearest; HALF: any number.
    int reach = HALF;
    for (int k = 0; k < rowMm2.length; k++) {
      double toRow = rowMm2[k];
      while (toRow + stepMm2[reach] >= best) {
        if (--reach < 0) {
          return best;
        }
      }
      int ty = y + stepY[k];
      int tz = z + stepZ[k];
      if (ty < 0 || ty >= ny || tz < 0 || tz >= nz) {
        continue;
      }
      int row = tz * ny + ty;
      long around = to.bits.around(row, x) & WITHIN[reach];
      int steps;
      if (around != 0) {
        // Bit HALF is x itself; the one below it is one step away.
        steps = Math.min(Long.numberOfTrailingZeros(around >>> HALF),
            1 + Long.numberOfLeadingZeros(around << HALF));
      } else if (reach == HALF && to.rowStart[row] < to.rowStart[row + 1]) {
        steps = alongRow(to.xs, to.rowStart[row], to.rowStart[row + 1], x);
      } else {
        continue;
      }
      double along = steps * spacingMm.x();
      best = Math.min(best, toRow + along * along);
    }
    return beyondMm2 >= best ? best : Double.NaN;
  }

  /** Steps from x to the nearest of a row's points. */
  private static int alongRow(int[] xs, int low, int high, int x) {
    int start = PointSet.firstFrom(xs, low, high, x);
    int after = start < high ? xs[start] - x : Integer.MAX_VALUE;
    int before = start > low ? x - xs[start - 1] : Integer.MAX_VALUE;
    return Math.min(after, before);
  }

  private void transform(PointSet from, PointSet to, double[] d) {
    boolean[] mask = new boolean[nx * ny * nz];
    for (int row = 0; row < ny * nz; row++) {
      for (int p = to.rowStart[row]; p < to.rowStart[row + 1]; p++) {
        mask[row * nx + to.xs[p]] = true;
      }
    }
    double[] squared = DistanceTransform.squaredTo(mask, true, new int[]{nz, ny, nx},
        new double[]{spacingMm.z(), spacingMm.y(), spacingMm.x()});
    for (int row = 0; row < ny * nz; row++) {
      for (int p = from.rowStart[row]; p < from.rowStart[row + 1]; p++) {
        if (Double.isNaN(d[p])) {
          d[p] = Math.sqrt(squared[row * nx + from.xs[p]]);
        }
      }
    }
  }
}
