package io.fiducia.metrics.surface;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Vec3;

/**
 * The vectors in mm from a voxel to the next one along each axis of a grid, turned so that the first
 * runs along x and the second lies in the plane of x and y. Only lengths and angles matter, and a turn
 * changes neither.
 *
 * @param stepX along the first axis: (a, 0, 0) with a above 0
 * @param stepY along the second axis: (b, c, 0) with c above 0; b is 0 at a right angle
 * @param stepZ along the third axis: (d, e, f) with f above 0; d and e are 0 at right angles
 * @param plane whether the grid has two dimensions: then the third step is 1 mm at right angles to the
 *     others, and nothing has a neighbour along it
 */
public record Lattice(Vec3 stepX, Vec3 stepY, Vec3 stepZ, boolean plane) {
  /**
   * The lattice of a grid. A grid whose axes are orthogonal within the tolerance of {@link
   * Geometry#isOrthogonal()} has right angles here.
   */
  public static Lattice of(Geometry grid, boolean plane) {
    Vec3 s = grid.spacingMm();
    Vec3 x = grid.direction().columnX();
    Vec3 y = grid.direction().columnY();
    boolean right = plane ? Geometry.isRightAngle(x, y) : grid.isOrthogonal();
    if (right) {
      return rightAngled(s, plane);
    }
    // Gram-Schmidt: what each axis shares with those before it, and what is left.
    double xy = x.dot(y);
    double yy = Math.sqrt(1 - xy * xy);
    Vec3 stepX = new Vec3(s.x(), 0, 0);
    Vec3 stepY = new Vec3(xy * s.y(), yy * s.y(), 0);
    if (plane) {
      return new Lattice(stepX, stepY, new Vec3(0, 0, 1), true);
    }
    Vec3 z = grid.direction().columnZ();
    double zx = x.dot(z);
    double zy = (y.dot(z) - xy * zx) / yy;
    double zz = Math.sqrt(1 - zx * zx - zy * zy);
    return new Lattice(stepX, stepY, new Vec3(zx * s.z(), zy * s.z(), zz * s.z()), false);
  }

  /** The lattice of axes at right angles, whatever the angles are: as tools that know spacings only. */
  public static Lattice rightAngled(Vec3 spacingMm, boolean plane) {
    return new Lattice(new Vec3(spacingMm.x(), 0, 0), new Vec3(0, spacingMm.y(), 0),
        new Vec3(0, 0, plane ? 1 : spacingMm.z()), plane);
  }

  /** Whether all axes are at right angles. */
  public boolean hasRightAngles() {
    return stepY.x() == 0 && stepZ.x() == 0 && stepZ.y() == 0;
  }

  /** The lengths of the three steps. */
  public Vec3 spacingMm() {
    return new Vec3(stepX.x(), stepY.norm(), stepZ.norm());
  }

  /** The length in mm of a way of so many steps along each axis. */
  double lengthMm(double x, double y, double z) {
    return stepX.times(x).plus(stepY.times(y)).plus(stepZ.times(z)).norm();
  }

  /** The area in mm2 of the parallelogram between the first two steps: one pixel of a slice. */
  public double pixelMm2() {
    return stepX.x() * stepY.y();
  }
}
