package io.fiducia.geometry;

/** A 3x3 matrix by its columns: column {@code a} is the direction of index axis {@code a}. */
public record Mat3(Vec3 columnX, Vec3 columnY, Vec3 columnZ) {
  public static final Mat3 IDENTITY = new Mat3(new Vec3(1, 0, 0), new Vec3(0, 1, 0),
      new Vec3(0, 0, 1));

  public Vec3 column(int axis) {
    return switch (axis) {
      case 0 -> columnX;
      case 1 -> columnY;
      case 2 -> columnZ;
      default -> throw new IndexOutOfBoundsException("axis " + axis);
    };
  }

  public double get(int row, int column) {
    return column(column).get(row);
  }

  public Vec3 times(Vec3 v) {
    return columnX.times(v.x()).plus(columnY.times(v.y())).plus(columnZ.times(v.z()));
  }

  public double determinant() {
    return get(0, 0) * (get(1, 1) * get(2, 2) - get(1, 2) * get(2, 1))
        - get(0, 1) * (get(1, 0) * get(2, 2) - get(1, 2) * get(2, 0))
        + get(0, 2) * (get(1, 0) * get(2, 1) - get(1, 1) * get(2, 0));
  }

  /** The inverse matrix. @throws ArithmeticException if this matrix is singular */
  public Mat3 inverse() {
    double det = determinant();
    if (det == 0 || !Double.isFinite(det)) {
      throw new ArithmeticException("singular matrix");
    }
    double[][] inv = new double[3][3];
    for (int r = 0; r < 3; r++) {
      for (int c = 0; c < 3; c++) {
        int r1 = (c + 1) % 3;
        int r2 = (c + 2) % 3;
        int c1 = (r + 1) % 3;
        int c2 = (r + 2) % 3;
        // Cyclic cofactors carry their sign themselves.
        inv[r][c] = (get(r1, c1) * get(r2, c2) - get(r1, c2) * get(r2, c1)) / det;
      }
    }
    return new Mat3(
        new Vec3(inv[0][0], inv[1][0], inv[2][0]),
        new Vec3(inv[0][1], inv[1][1], inv[2][1]),
        new Vec3(inv[0][2], inv[1][2], inv[2][2]));
  }

  /** The transposed matrix. */
  public Mat3 transpose() {
    return new Mat3(
        new Vec3(columnX.x(), columnY.x(), columnZ.x()),
        new Vec3(columnX.y(), columnY.y(), columnZ.y()),
        new Vec3(columnX.z(), columnY.z(), columnZ.z()));
  }

  /**
   * The orthogonal matrix nearest to this one (the orthogonal factor of its polar decomposition; a
   * reflection stays one), by Newton's iteration of Higham, SIAM J. Sci. Stat. Comput. 7 (1986).
   *
   * @throws ArithmeticException if this matrix is singular
   */
  public Mat3 nearestOrthogonal() {
    Mat3 x = this;
    for (int iteration = 0; iteration < 100; iteration++) {
      Mat3 other = x.inverse().transpose();
      Mat3 next = new Mat3(
          x.columnX.plus(other.columnX).times(0.5),
          x.columnY.plus(other.columnY).times(0.5),
          x.columnZ.plus(other.columnZ).times(0.5));
      double change = next.columnX.minus(x.columnX).norm()
          + next.columnY.minus(x.columnY).norm()
          + next.columnZ.minus(x.columnZ).norm();
      x = next;
      if (change < 1e-15) {
        break;
      }
    }
    return x;
  }
}
