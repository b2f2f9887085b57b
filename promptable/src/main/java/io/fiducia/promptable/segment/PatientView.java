package io.fiducia.promptable.segment;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.volume.SliceAxes;

/**
 * How a slice is turned so that it looks as people look at it: axial with the patient's left on the right and
 * anterior above; coronal the same with superior above; sagittal with anterior on the left.
 *
 * @param axes of the slices
 * @param across index axis from left to right
 * @param mirrored whether its last voxel is on the left
 * @param down index axis from above to below
 * @param flipped whether its last voxel is above
 * @param left letter of the side of the patient that is on the left
 * @param right letter of the side that is on the right
 */
record PatientView(SliceAxes axes, int across, boolean mirrored, int down, boolean flipped,
    char left,
    char right) {
  /** The view of a plane's slices. */
  static PatientView of(Geometry grid, SlicePlane plane) {
    SliceAxes axes = SliceAxes.of(grid, plane);
    String codes = Orientation.of(grid).codes();
    char right = plane == SlicePlane.SAGITTAL ? 'P' : 'L';
    char below = plane == SlicePlane.AXIAL ? 'P' : 'I';
    boolean straight = isAlong(codes.charAt(axes.column()), right);
    int across = straight ? axes.column() : axes.row();
    int down = straight ? axes.row() : axes.column();
    return new PatientView(axes, across, codes.charAt(across) != right, down,
        codes.charAt(down) != below, opposite(right), right);
  }

  private static boolean isAlong(char code, char wanted) {
    return code == wanted || code == opposite(wanted);
  }

  private static char opposite(char code) {
    return "RLAPIS".charAt("RLAPIS".indexOf(code) ^ 1);
  }

  /** Voxels from left to right. */
  int width() {
    return axes.grid().size().get(across);
  }

  /** Voxels from above to below. */
  int height() {
    return axes.grid().size().get(down);
  }

  /** Distance between voxels from left to right. */
  double acrossMm() {
    return axes.grid().spacingMm().get(across);
  }

  /** Distance between voxels from above to below. */
  double downMm() {
    return axes.grid().spacingMm().get(down);
  }

  /** Place in an array of the whole grid of the voxel at a place of the view. */
  int voxel(int slice, int x, int y) {
    int[] at = new int[3];
    at[axes.normal()] = slice;
    at[across] = mirrored ? width() - 1 - x : x;
    at[down] = flipped ? height() - 1 - y : y;
    return axes.grid().size().index(at[0], at[1], at[2]);
  }
}
