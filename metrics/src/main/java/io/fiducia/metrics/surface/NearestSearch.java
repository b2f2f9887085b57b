package io.fiducia.metrics.surface;

/** Finds for points of a grid the nearest of other points of that grid. */
sealed interface NearestSearch permits NearestPoints, ShearedNearestPoints {
  /** Distance in mm from each point to the nearest of the others; infinite if there are none. */
  double[] distancesMm(PointSet from, PointSet to);

  /** The search that fits a lattice, on a grid of a given size. */
  static NearestSearch of(int nx, int ny, int nz, Lattice lattice) {
    return lattice.hasRightAngles()
        ? new NearestPoints(nx, ny, nz, lattice.spacingMm())
        : new ShearedNearestPoints(ny, nz, lattice);
  }
}
