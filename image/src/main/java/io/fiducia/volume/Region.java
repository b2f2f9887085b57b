package io.fiducia.volume;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;

/**
 * A box of voxels of some grid, from its first voxel over a size; it may reach beyond the grid on
 * any side.
 */
public record Region(int startX, int startY, int startZ, Size size) {
  /** The whole grid. */
  public static Region whole(Size size) {
    return new Region(0, 0, 0, size);
  }

  /** The box from the start (inclusive) to the end (exclusive) on each axis. */
  public static Region between(
      int startX, int startY, int startZ, int endX, int endY, int endZ) {
    return new Region(
        startX, startY, startZ, new Size(endX - startX, endY - startY, endZ - startZ));
  }

  /** This box with as many voxels more on both sides of each axis. */
  public Region grown(int marginX, int marginY, int marginZ) {
    return between(
        startX - marginX,
        startY - marginY,
        startZ - marginZ,
        startX + size.x() + marginX,
        startY + size.y() + marginY,
        startZ + size.z() + marginZ);
  }

  /**
   * The part of this box inside a grid.
   *
   * @throws IllegalArgumentException if no voxel is left
   */
  public Region clippedTo(Size grid) {
    return between(
        Math.max(0, startX),
        Math.max(0, startY),
        Math.max(0, startZ),
        Math.min(grid.x(), startX + size.x()),
        Math.min(grid.y(), startY + size.y()),
        Math.min(grid.z(), startZ + size.z()));
  }

  /** The smallest box that holds this one and another. */
  public Region union(Region other) {
    return between(
        Math.min(startX, other.startX),
        Math.min(startY, other.startY),
        Math.min(startZ, other.startZ),
        Math.max(startX + size.x(), other.startX + other.size.x()),
        Math.max(startY + size.y(), other.startY + other.size.y()),
        Math.max(startZ + size.z(), other.startZ + other.size.z()));
  }

  /** The box that leads back from this box's own grid to a source grid of the given size. */
  public Region inverse(Size source) {
    return new Region(-startX, -startY, -startZ, source);
  }

  /** The grid of this box of a source grid; every voxel stays where it was in the patient. */
  public Geometry of(Geometry source) {
    return new Geometry(
        size, source.spacingMm(), source.toPhysical(startX, startY, startZ), source.direction());
  }
}
