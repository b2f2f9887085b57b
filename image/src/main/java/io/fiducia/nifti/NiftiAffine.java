package io.fiducia.nifti;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.util.Optional;

/**
 * Conversions between the three ways in which NIfTI says where voxels lie and our LPS geometry.
 * Affines are row-major 4x4 from voxel index to RAS. The formulas are those of nifti1.h.
 */
final class NiftiAffine {
  private NiftiAffine() {}

  /** How far (relative to the spacing) a quaternion's axes may be off those it is to stand for. */
  private static final double SHEAR_TOLERANCE = 1e-5;

  /** A quaternion's (b, c, d) and the sign of the third axis. */
  record Quaternion(double b, double c, double d, int qfac) {}

  /** The standard's method 2. */
  static double[][] ofQuaternion(Quaternion q, Vec3 spacing, Vec3 offset) {
    double b = q.b;
    double c = q.c;
    double d = q.d;
    double a = 1 - (b * b + c * c + d * d);
    if (a < 1e-7) {
      // Half a turn: rounding may have pushed the vector past length 1.
      double length = Math.sqrt(b * b + c * c + d * d);
      a = 0;
      b /= length;
      c /= length;
      d /= length;
    } else {
      a = Math.sqrt(a);
    }
    double x = spacing.x();
    double y = spacing.y();
    double z = spacing.z() * q.qfac;
    return new double[][]{
      {
        (a * a + b * b - c * c - d * d) * x,
        2 * (b * c - a * d) * y,
        2 * (b * d + a * c) * z,
        offset.x()
      },
      {
        2 * (b * c + a * d) * x,
        (a * a + c * c - b * b - d * d) * y,
        2 * (c * d - a * b) * z,
        offset.y()
      },
      {
        2 * (b * d - a * c) * x,
        2 * (c * d + a * b) * y,
        (a * a + d * d - c * c - b * b) * z,
        offset.z()
      },
      {0, 0, 0, 1}
    };
  }

  /** The quaternion of an affine; empty under shear, which a quaternion cannot express. */
  static Optional<Quaternion> toQuaternion(double[][] affine) {
    Vec3 spacing = spacing(affine);
    Mat3 unit = unitColumns(affine, spacing);
    Mat3 r = unit.nearestOrthogonal();
    for (int column = 0; column < 3; column++) {
      if (r.column(column).minus(unit.column(column)).norm() > SHEAR_TOLERANCE) {
        return Optional.empty();
      }
    }
    int qfac = 1;
    if (r.determinant() < 0) {
      qfac = -1;
      r = new Mat3(r.columnX(), r.columnY(), r.columnZ().times(-1));
    }
    return Optional.of(ofRotation(r, qfac));
  }

  private static Quaternion ofRotation(Mat3 r, int qfac) {
    // Each of a, b, c, d can be had from the diagonal; the largest is the most exact.
    double[] squares = {
      1 + r.get(0, 0) + r.get(1, 1) + r.get(2, 2),
      1 + r.get(0, 0) - r.get(1, 1) - r.get(2, 2),
      1 - r.get(0, 0) + r.get(1, 1) - r.get(2, 2),
      1 - r.get(0, 0) - r.get(1, 1) + r.get(2, 2)
    };
    int largest = 0;
    for (int i = 1; i < 4; i++) {
      if (squares[i] > squares[largest]) {
        largest = i;
      }
    }
    double root = Math.sqrt(squares[largest]);
    double half = root / 2;
    double scale = 0.5 / root;
    double bFromA = (r.get(2, 1) - r.get(1, 2)) * scale;
    double cFromA = (r.get(0, 2) - r.get(2, 0)) * scale;
    double dFromA = (r.get(1, 0) - r.get(0, 1)) * scale;
    double bc = (r.get(0, 1) + r.get(1, 0)) * scale;
    double bd = (r.get(0, 2) + r.get(2, 0)) * scale;
    double cd = (r.get(1, 2) + r.get(2, 1)) * scale;
    double[] q = switch (largest) {
      case 0 -> new double[]{half, bFromA, cFromA, dFromA};
      case 1 -> new double[]{bFromA, half, bc, bd};
      case 2 -> new double[]{cFromA, bc, half, cd};
      default -> new double[]{dFromA, bd, cd, half};
    };
    // The header keeps b, c, d alone and takes a as not negative.
    double sign = q[0] < 0 ? -1 : 1;
    return new Quaternion(sign * q[1] + 0.0, sign * q[2] + 0.0, sign * q[3] + 0.0, qfac);
  }

  /** The affine of a geometry, in millimetres. */
  static double[][] of(Geometry geometry) {
    double[][] affine = new double[4][4];
    for (int row = 0; row < 3; row++) {
      double sign = row < 2 ? -1 : 1;
      for (int column = 0; column < 3; column++) {
        // Adding 0.0 turns a negative zero into zero.
        affine[row][column] = sign * geometry.direction().get(row, column)
            * geometry.spacingMm().get(column) + 0.0;
      }
      affine[row][3] = sign * geometry.originMm().get(row) + 0.0;
    }
    affine[3][3] = 1;
    return affine;
  }

  /**
   * The geometry of an affine. Spacing is the length of the affine's columns, or the header's where
   * it says the same up to the rounding of 32 bit numbers: other tools report that one, and sizes
   * after resampling are computed from it.
   *
   * @param headerSpacing the header's pixdim, in the affine's unit
   * @param mmPerUnit millimetres in the affine's unit
   */
  static Geometry toGeometry(Size size, double[][] affine, Vec3 headerSpacing, double mmPerUnit) {
    Vec3 length = spacing(affine);
    Mat3 direction = unitColumns(affine, length);
    double[] spacing = new double[3];
    for (int a = 0; a < 3; a++) {
      double header = headerSpacing.get(a);
      boolean same = Math.abs(header - length.get(a)) <= 1e-6 * length.get(a);
      spacing[a] = (same ? header : length.get(a)) * mmPerUnit;
    }
    return new Geometry(
        size,
        new Vec3(spacing[0], spacing[1], spacing[2]),
        lps(affine[0][3] * mmPerUnit, affine[1][3] * mmPerUnit, affine[2][3] * mmPerUnit),
        new Mat3(
            lps(direction.columnX()), lps(direction.columnY()), lps(direction.columnZ())));
  }

  private static Vec3 lps(Vec3 ras) {
    return lps(ras.x(), ras.y(), ras.z());
  }

  private static Vec3 lps(double x, double y, double z) {
    return new Vec3(-x + 0.0, -y + 0.0, z);
  }

  /** The lengths of the first three columns. */
  static Vec3 spacing(double[][] affine) {
    return new Vec3(column(affine, 0).norm(), column(affine, 1).norm(), column(affine, 2).norm());
  }

  /** Whether the axes span space well enough to be inverted. */
  static boolean isSingular(double[][] affine) {
    Vec3 spacing = spacing(affine);
    for (int a = 0; a < 3; a++) {
      if (!(spacing.get(a) > 0) || !Double.isFinite(spacing.get(a))) {
        return true;
      }
    }
    double determinant = unitColumns(affine, spacing).determinant();
    return !(Math.abs(determinant) > 1e-6);
  }

  private static Mat3 unitColumns(double[][] affine, Vec3 spacing) {
    return new Mat3(
        column(affine, 0).times(1 / spacing.x()),
        column(affine, 1).times(1 / spacing.y()),
        column(affine, 2).times(1 / spacing.z()));
  }

  static Vec3 column(double[][] affine, int column) {
    return new Vec3(affine[0][column], affine[1][column], affine[2][column]);
  }

  static double[][] copy(double[][] affine) {
    return new double[][]{
      affine[0].clone(), affine[1].clone(), affine[2].clone(), affine[3].clone()
    };
  }
}
