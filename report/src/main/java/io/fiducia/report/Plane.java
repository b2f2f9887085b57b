package io.fiducia.report;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;

/**
 * The three planes of a volume stored in LPS order, shown as radiologists look at them: the patient's
 * left on the viewer's right, anterior above, superior above.
 */
enum Plane {
  AXIAL("Axial", "z", "R", "L", "A"),
  CORONAL("Coronal", "y", "R", "L", "S"),
  SAGITTAL("Sagittal", "x", "A", "P", "S");

  final String title;
  /** The patient axis across the plane. */
  final String axis;
  final String left;
  final String right;
  final String top;

  Plane(String title, String axis, String left, String right, String top) {
    this.title = title;
    this.axis = axis;
    this.left = left;
    this.right = right;
    this.top = top;
  }

  /** Index axis across the plane: 0 for x, 1 for y, 2 for z. */
  int across() {
    return this == AXIAL ? 2 : this == CORONAL ? 1 : 0;
  }

  /** Index axis from left to right. */
  int columns() {
    return this == SAGITTAL ? 1 : 0;
  }

  /** Index axis down the picture, or up where {@link #upwards()}. */
  int rows() {
    return this == AXIAL ? 1 : 2;
  }

  /** Whether the last index of {@link #rows()} is above. */
  boolean upwards() {
    return this != AXIAL;
  }

  static int along(Size size, int axis) {
    return axis == 0 ? size.x() : axis == 1 ? size.y() : size.z();
  }

  double columnMm(Vec3 spacingMm) {
    return spacingMm.get(columns());
  }

  double rowMm(Vec3 spacingMm) {
    return spacingMm.get(rows());
  }
}
