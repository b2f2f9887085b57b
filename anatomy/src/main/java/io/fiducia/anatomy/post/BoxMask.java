package io.fiducia.anatomy.post;

import io.fiducia.geometry.Size;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A mask of a part of a grid.
 *
 * @param box lies inside the grid
 * @param mask one entry for each voxel of the box, x fastest
 */
record BoxMask(Size grid, Region box, boolean[] mask) {
  /** What a walk over the voxels of a box does. */
  @FunctionalInterface
  interface Visit {
    /**
     * @param inBox index in the box
     * @param inGrid index in the grid
     */
    void voxel(int inBox, int inGrid);
  }

  /** Counts voxels of a walk over a box. */
  @FunctionalInterface
  interface Count {
    /** Whether the voxel counts. */
    boolean voxel(int inBox, int inGrid);
  }

  /** The voxels of a box whose label is accepted. */
  static BoxMask of(LabelVolume labels, Region box, IntPredicate accepted) {
    short[] data = labels.data();
    boolean[] mask = new boolean[box.size().voxels()];
    BoxMask result = new BoxMask(labels.geometry().size(), box, mask);
    result.forEach((inBox, inGrid) -> mask[inBox] = accepted.test(data[inGrid]));
    return result;
  }

  /** The voxels of a box in a mask of the whole grid. */
  static BoxMask of(boolean[] whole, Size grid, Region box) {
    boolean[] mask = new boolean[box.size().voxels()];
    BoxMask result = new BoxMask(grid, box, mask);
    result.forEach((inBox, inGrid) -> mask[inBox] = whole[inGrid]);
    return result;
  }

  /** The shape of the box, slowest axis first. */
  int[] shape() {
    return new int[]{box.size().z(), box.size().y(), box.size().x()};
  }

  /** Another mask of the same box. */
  BoxMask with(boolean[] other) {
    return new BoxMask(grid, box, other);
  }

  /** Visits all voxels, several slices at once. */
  void forEach(Visit visit) {
    count((inBox, inGrid) -> {
      visit.voxel(inBox, inGrid);
      return false;
    });
  }

  /** Visits all voxels, several slices at once, and counts those that count. */
  long count(Count visit) {
    int width = box.size().x();
    int height = box.size().y();
    return IntStream.range(0, box.size().z()).parallel().mapToLong(k -> {
      long n = 0;
      int at = k * height * width;
      for (int j = 0; j < height; j++) {
        int row = grid.index(box.startX(), box.startY() + j, box.startZ() + k);
        for (int i = 0; i < width; i++, at++) {
          n += visit.voxel(at, row + i) ? 1 : 0;
        }
      }
      return n;
    }).sum();
  }
}
