package io.fiducia.promptable.volume;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.volume.Region;

/**
 * The index axes of a grid along which the columns, the rows and the slices of a plane follow each other. The
 * slices' axis is the one that runs most nearly along the plane's normal; columns run along the first of the
 * other two axes, rows along the second, without flips. Slices are stored row by row.
 *
 * @param grid of the image
 * @param column axis along a row: from one column to the next
 * @param row axis from one row to the next
 * @param normal axis from one slice to the next
 */
public record SliceAxes(Geometry grid, int column, int row, int normal) {
  /** The axes of a plane. */
  public static SliceAxes of(Geometry grid, SlicePlane plane) {
    int normal = plane.indexAxis(grid);
    return new SliceAxes(grid, normal == 0 ? 1 : 0, normal == 2 ? 1 : 2, normal);
  }

  /** Number of slices. */
  public int slices() {
    return grid.size().get(normal);
  }

  /** Voxels along a row of a slice. */
  public int columns() {
    return grid.size().get(column);
  }

  /** Voxels along a column of a slice. */
  public int rows() {
    return grid.size().get(row);
  }

  /** Distance between the voxels of a row. */
  public double columnMm() {
    return grid.spacingMm().get(column);
  }

  /** Distance between the voxels of a column. */
  public double rowMm() {
    return grid.spacingMm().get(row);
  }

  /** The indices i, j, k of a slice's voxel. */
  public int[] indices(int slice, int atColumn, int atRow) {
    int[] at = new int[3];
    at[normal] = slice;
    at[column] = atColumn;
    at[row] = atRow;
    return at;
  }

  /** Place in an array of the whole grid of a slice's voxel. */
  public int voxel(int slice, int atColumn, int atRow) {
    return slice * stride(normal) + atColumn * stride(column) + atRow * stride(row);
  }

  /** How far neighbours along an axis lie apart in an array of the whole grid. */
  private int stride(int axis) {
    return switch (axis) {
      case 0 -> 1;
      case 1 -> grid.size().x();
      default -> grid.size().x() * grid.size().y();
    };
  }

  /** Place in an array of the whole grid of a slice's element. */
  public int voxel(int slice, int element) {
    return voxel(slice, element % columns(), element / columns());
  }

  /** A slice of a mask of the whole grid. */
  public boolean[] cut(boolean[] mask, int slice) {
    boolean[] out = new boolean[columns() * rows()];
    for (int i = 0; i < out.length; i++) {
      out[i] = mask[voxel(slice, i)];
    }
    return out;
  }

  /** Puts a slice's mask into a mask of the whole grid, which keeps what it has. */
  public void mark(boolean[] all, int slice, boolean[] mask) {
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        all[voxel(slice, i)] = true;
      }
    }
  }

  /** The first voxel of a box along an axis. */
  public static int start(Region box, int axis) {
    return new int[]{box.startX(), box.startY(), box.startZ()}[axis];
  }

  /** The part of a box that lies in one slice, which need not be a slice of the box. */
  public Region inSlice(Region box, int slice) {
    int[] start = {box.startX(), box.startY(), box.startZ()};
    int[] end = {start[0] + box.size().x(), start[1] + box.size().y(), start[2] + box.size().z()};
    start[normal] = slice;
    end[normal] = slice + 1;
    return Region.between(start[0], start[1], start[2], end[0], end[1], end[2]);
  }
}
