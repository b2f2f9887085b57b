package io.fiducia.learn.augment;

import java.util.List;

/**
 * A patch's size on three axes. A 2D patch has one slice and is {@code flat}: transforms then do not
 * change the first axis.
 */
record PatchShape(int z, int y, int x, boolean flat) {
  PatchShape {
    if (z < 1 || y < 1 || x < 1 || (flat && z != 1)) {
      throw new IllegalArgumentException("no patch of " + z + " x " + y + " x " + x + " voxels");
    }
  }

  /** The shape of a configured patch of two or three axes. */
  static PatchShape of(int[] patch) {
    return switch (patch.length) {
      case 2 -> new PatchShape(1, patch[0], patch[1], true);
      case 3 -> new PatchShape(patch[0], patch[1], patch[2], false);
      default -> throw new IllegalArgumentException(
          "a patch has two or three axes, not " + patch.length);
    };
  }

  static PatchShape of(List<Integer> patch) {
    return of(patch.stream().mapToInt(Integer::intValue).toArray());
  }

  int voxels() {
    return Math.multiplyExact(Math.multiplyExact(z, y), x);
  }

  int plane() {
    return y * x;
  }

  int[] zyx() {
    return new int[]{z, y, x};
  }
}
