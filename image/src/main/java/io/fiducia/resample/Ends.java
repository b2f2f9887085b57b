package io.fiducia.resample;

/** How an image goes on beyond its first and last voxel along an axis. */
enum Ends {
  /** The outermost value for ever, as with scipy's mode {@code nearest}. */
  CONSTANT,
  /**
   * Mirrored at the centre of the outermost voxel, as with scipy's modes {@code mirror} and {@code
   * constant}.
   */
  MIRRORED;

  /** The voxel of an axis of {@code n} that one beyond its ends is the same as. */
  int inside(int i, int n) {
    if (this == CONSTANT || n == 1) {
      return Math.clamp(i, 0, n - 1);
    }
    int place = Math.floorMod(i, 2 * n - 2);
    return place < n ? place : 2 * n - 2 - place;
  }
}
