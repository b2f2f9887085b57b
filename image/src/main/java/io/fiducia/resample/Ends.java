package io.fiducia.resample;

/** How an image is thought to go on beyond its first and last voxel along an axis. */
enum Ends {
  /** The outermost value for ever, as with SciPy's mode {@code nearest}. */
  CONSTANT,
  /**
   * Mirrored at the centre of the outermost voxel, as with SciPy's modes {@code mirror} and {@code
   * constant}.
   */
  MIRRORED
}
