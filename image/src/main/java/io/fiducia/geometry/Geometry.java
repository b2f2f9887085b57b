package io.fiducia.geometry;

/**
 * Where a volume's voxels lie: size, spacing, origin and axis directions, in LPS millimetres (x to
 * the patient's left, y to posterior, z to superior). File conventions such as NIfTI's RAS are
 * converted by readers and writers and nowhere else.
 *
 * @param size number of voxels along each index axis
 * @param spacingMm distance between neighbouring voxel centres along each index axis, above zero
 * @param originMm position of the centre of voxel (0, 0, 0)
 * @param direction unit vectors of the index axes; need not be orthogonal (gantry tilt, shear)
 */
public record Geometry(Size size, Vec3 spacingMm, Vec3 originMm, Mat3 direction) {
  /**
   * How far the voxel centres of one grid may lie apart in two files, in mm. Files store affines as
   * float32 or as rounded decimals, which moves the far corner of a large grid by less than this; a
   * real difference is far larger.
   */
  public static final double SAME_GRID_MM = 1e-2;
  /** The largest cosine of an angle that counts as right; ITK has the same limit. */
  private static final double RIGHT_ANGLE = 1e-4;

  public Geometry {
    for (int a = 0; a < 3; a++) {
      if (!(spacingMm.get(a) > 0) || !Double.isFinite(spacingMm.get(a))) {
        throw new IllegalArgumentException("spacing " + spacingMm);
      }
      if (!Double.isFinite(originMm.get(a))) {
        throw new IllegalArgumentException("origin " + originMm);
      }
    }
  }

  /** A grid along the LPS axes with its first voxel centre at the origin. */
  public static Geometry of(Size size, Vec3 spacingMm) {
    return new Geometry(size, spacingMm, new Vec3(0, 0, 0), Mat3.IDENTITY);
  }

  /** Position in LPS millimetres of a (fractional) voxel index. */
  public Vec3 toPhysical(double i, double j, double k) {
    return originMm.plus(
        direction.times(
            new Vec3(i * spacingMm.x(), j * spacingMm.y(), k * spacingMm.z())));
  }

  /** Fractional voxel index of a position in LPS millimetres. */
  public Vec3 toIndex(Vec3 physical) {
    Vec3 v = direction.inverse().times(physical.minus(originMm));
    return new Vec3(v.x() / spacingMm.x(), v.y() / spacingMm.y(), v.z() / spacingMm.z());
  }

  /** Volume of one voxel in mm3; exact under shear. */
  public double voxelVolumeMm3() {
    return spacingMm.x() * spacingMm.y() * spacingMm.z() * Math.abs(direction.determinant());
  }

  /**
   * Whether the index axes are at right angles, up to the rounding of files: the cosines between them
   * are at most 1e-4, so that a length that assumes right angles is off by at most one part in ten
   * thousand.
   */
  public boolean isOrthogonal() {
    return isRightAngle(direction.columnX(), direction.columnY())
        && isRightAngle(direction.columnX(), direction.columnZ())
        && isRightAngle(direction.columnY(), direction.columnZ());
  }

  /** Whether two unit vectors are at a right angle, as {@link #isOrthogonal()} takes it. */
  public static boolean isRightAngle(Vec3 a, Vec3 b) {
    return Math.abs(a.dot(b)) <= RIGHT_ANGLE;
  }

  /**
   * Whether another grid is the same grid: equal size, and voxel centres that differ by at most {@link
   * #SAME_GRID_MM}. Everything that combines two volumes voxel by voxel asks this method.
   */
  public boolean sameGrid(Geometry other) {
    return matches(other, SAME_GRID_MM);
  }

  /**
   * Whether both grids have equal size and their voxel centres differ by at most a tolerance. For the
   * question whether two volumes lie on the same grid, use {@link #sameGrid}; other tolerances are
   * those of file formats.
   */
  public boolean matches(Geometry other, double toleranceMm) {
    if (!size.equals(other.size)) {
      return false;
    }
    // A linear map deviates most at a corner of the grid.
    for (int corner = 0; corner < 8; corner++) {
      double i = (corner & 1) == 0 ? 0 : size.x() - 1;
      double j = (corner & 2) == 0 ? 0 : size.y() - 1;
      double k = (corner & 4) == 0 ? 0 : size.z() - 1;
      if (toPhysical(i, j, k).minus(other.toPhysical(i, j, k)).norm() > toleranceMm) {
        return false;
      }
    }
    return true;
  }
}
