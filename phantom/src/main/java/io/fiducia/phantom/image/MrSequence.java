package io.fiducia.phantom.image;

/**
 * A T2-weighted turbo spin echo.
 *
 * @param tesla field
 * @param echoMs effective echo time
 * @param repetitionMs repetition time
 * @param voxelMm acquired in the slice's plane; a finer grid is interpolated
 * @param sliceShare thickness of a slice over the distance between slices; below 1 leaves gaps
 * @param fatShiftMm how far fat is displaced along the grid's x axis, where frequency is encoded
 */
public record MrSequence(double tesla, double echoMs, double repetitionMs, double voxelMm,
    double sliceShare, double fatShiftMm) {
  public MrSequence {
    if (!(tesla > 0 && echoMs > 0 && repetitionMs > 0 && voxelMm > 0 && sliceShare > 0
        && sliceShare <= 1 && Double.isFinite(fatShiftMm))) {
      throw new IllegalArgumentException("a sequence with tesla " + tesla + ", echo " + echoMs
          + " ms, repetition " + repetitionMs + " ms, voxel " + voxelMm + " mm, slice share "
          + sliceShare + ", fat shift " + fatShiftMm + " mm");
    }
  }
}
