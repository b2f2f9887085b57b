package io.fiducia.metrics.surface;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Exact distances from points to the nearest of other points of one grid, whatever the angles of its
 * axes.
 *
 * <p>Each point looks through slices, the nearest plane first, in each slice through rows, the nearest
 * line first, and in each row at the two points beside its own foot on that line. What lies farther than
 * the best point so far is left out. Slower than {@link NearestPoints}, which needs right angles.
 */
final class ShearedNearestPoints implements NearestSearch {
  private final int ny;
  private final int nz;
  private final Lattice lattice;

  /** Searches a grid of {@code ny} rows in each of {@code nz} slices. */
  ShearedNearestPoints(int ny, int nz, Lattice lattice) {
    this.ny = ny;
    this.nz = nz;
    this.lattice = lattice;
  }

  @Override
  public double[] distancesMm(PointSet from, PointSet to) {
    double[] d = new double[from.count()];
    if (to.count() == 0) {
      Arrays.fill(d, Double.POSITIVE_INFINITY);
      return d;
    }
    IntStream.range(0, ny * nz).parallel().forEach(row -> {
      Query query = new Query(to);
      for (int p = from.rowStart[row]; p < from.rowStart[row + 1]; p++) {
        d[p] = query.nearestMm(from.xs[p], row % ny, row / ny);
      }
    });
    return d;
  }

  /** The search from one point after another; for one thread. */
  private final class Query {
    private final PointSet to;
    private int x;
    private int y;
    private double bestMm2;

    Query(PointSet to) {
      this.to = to;
    }

    double nearestMm(int fromX, int fromY, int fromZ) {
      x = fromX;
      y = fromY;
      bestMm2 = Double.POSITIVE_INFINITY;
      for (int steps = 0; steps < nz; steps++) {
        double planeMm = steps * lattice.stepZ().z();
        if (planeMm * planeMm >= bestMm2) {
          break;
        }
        slice(fromZ, steps, planeMm);
        if (steps > 0) {
          slice(fromZ, -steps, planeMm);
        }
      }
      return Math.sqrt(bestMm2);
    }

    private void slice(int fromZ, int stepsZ, double planeMm) {
      int z = fromZ + stepsZ;
      if (z < 0 || z >= nz) {
        return;
      }
      double aside = stepsZ * lattice.stepZ().y();
      // The row whose line passes nearest, and from it away on both sides.
      int nearest = (int) Math.rint(y - aside / lattice.stepY().y());
      for (int row = Math.max(0, nearest); row < ny; row++) {
        if (!row(row, z, stepsZ, planeMm, aside)) {
          break;
        }
      }
      for (int row = Math.min(ny, nearest) - 1; row >= 0; row--) {
        if (!row(row, z, stepsZ, planeMm, aside)) {
          break;
        }
      }
    }

    /** Looks at a row; false if neither it nor a row beyond it can hold a nearer point. */
    private boolean row(int rowY, int z, int stepsZ, double planeMm, double aside) {
      double lineMm = (rowY - y) * lattice.stepY().y() + aside;
      double lineMm2 = planeMm * planeMm + lineMm * lineMm;
      if (lineMm2 >= bestMm2) {
        return false;
      }
      int low = to.rowStart[z * ny + rowY];
      int high = to.rowStart[z * ny + rowY + 1];
      double shiftMm = (rowY - y) * lattice.stepY().x() + stepsZ * lattice.stepZ().x();
      double footX = x - shiftMm / lattice.stepX().x();
      int after = PointSet.firstFrom(to.xs, low, high, (int) Math.ceil(footX));
      for (int p = Math.max(low, after - 1); p < Math.min(high, after + 1); p++) {
        double alongMm = (to.xs[p] - x) * lattice.stepX().x() + shiftMm;
        bestMm2 = Math.min(bestMm2, lineMm2 + alongMm * alongMm);
      }
      return true;
    }
  }
}
