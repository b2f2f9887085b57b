package io.fiducia.geometry;

import io.fiducia.base.FiduciaException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plane of the body in which slices are cut; rows and columns as people look at them. */
public enum SlicePlane {
  /** Columns to the patient's left, rows to posterior, slices to superior. */
  AXIAL(new Vec3(1, 0, 0), new Vec3(0, 1, 0), new Vec3(0, 0, 1)),
  /** Columns to the patient's left, rows to inferior, slices to posterior. */
  CORONAL(new Vec3(1, 0, 0), new Vec3(0, 0, -1), new Vec3(0, 1, 0)),
  /** Columns to posterior, rows to inferior, slices to the patient's left. */
  SAGITTAL(new Vec3(0, 1, 0), new Vec3(0, 0, -1), new Vec3(1, 0, 0));

  private final Mat3 direction;

  SlicePlane(Vec3 columns, Vec3 rows, Vec3 normal) {
    this.direction = new Mat3(columns, rows, normal);
  }

  /** Directions in LPS of columns, rows and slices. */
  public Mat3 direction() {
    return direction;
  }

  /** The LPS axis along which slices follow each other. */
  public int normalAxis() {
    return switch (this) {
      case AXIAL -> 2;
      case CORONAL -> 1;
      case SAGITTAL -> 0;
    };
  }

  /**
   * The index axis of a grid along which slices of this plane follow each other: the one that runs most
   * nearly along the normal. Each plane has an axis of its own, for an oblique grid too.
   */
  public int indexAxis(Geometry grid) {
    String codes = Orientation.of(grid).codes();
    String wanted = switch (this) {
      case AXIAL -> "IS";
      case CORONAL -> "AP";
      case SAGITTAL -> "LR";
    };
    for (int a = 0; a < 3; a++) {
      if (wanted.indexOf(codes.charAt(a)) >= 0) {
        return a;
      }
    }
    throw new IllegalStateException("orientation " + codes);
  }

  /** The two LPS axes within a slice. */
  public int[] axesInPlane() {
    return switch (this) {
      case AXIAL -> new int[]{0, 1};
      case CORONAL -> new int[]{0, 2};
      case SAGITTAL -> new int[]{1, 2};
    };
  }

  /** Its name on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The plane of that name.
   *
   * @throws FiduciaException USAGE if there is none
   */
  public static SlicePlane of(String word) {
    return Arrays.stream(values()).filter(p -> p.word().equals(word)).findFirst()
        .orElseThrow(() -> FiduciaException.usage("no such plane",
            "expected " + Arrays.stream(values()).map(SlicePlane::word)
                .collect(Collectors.joining(", "))
                + "; found " + word,
            ""));
  }
}
