package io.fiducia.nifti;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a header says, checked, without the fields that name people, tools or displays.
 *
 * @param version 1 or 2
 * @param order byte order of header and voxels
 * @param pair whether the voxels lie in a second file
 * @param rank the number of dimensions the file has, 1 to 4, trailing ones dropped beyond 2
 * @param declaredRank dim[0] as the file has it, 1 to 7
 * @param size voxels along x, y, z
 * @param channels entries of the fourth dimension
 * @param voxelOffset where the voxels start in their file
 * @param slope value = stored * slope + intercept; 1 and 0 where the header has no scaling
 * @param affine row-major 4x4 from voxel index to RAS in the header's unit
 * @param affineCode the code of the coordinate system (1 scanner, 2 aligned, 3 Talairach, 4 MNI, 5
 *     template), 0 where the header has no orientation
 * @param qform the affine of the qform where the header has a valid one beside its sform
 * @param spacing the header's pixdim along x, y, z, in the header's unit
 * @param mmPerUnit millimetres in the header's unit
 * @param channelStep the header's pixdim of the fourth dimension
 * @param timeUnit the header's code of the unit of {@code channelStep}
 */
record NiftiHeader(
    int version,
    ByteOrder order,
    boolean pair,
    int rank,
    int declaredRank,
    Size size,
    int channels,
    NiftiDataType type,
    long voxelOffset,
    double slope,
    double intercept,
    double[][] affine,
    int affineCode,
    Optional<double[][]> qform,
    Vec3 spacing,
    double mmPerUnit,
    double channelStep,
    int timeUnit,
    List<String> warnings) {
  NiftiHeader {
    warnings = List.copyOf(warnings);
  }

  /** Whether stored values are to be scaled. */
  boolean scaled() {
    return slope != 1 || intercept != 0;
  }

  /** A new little-endian header. */
  static NiftiHeader of(Geometry geometry, int channels, NiftiDataType type) {
    return new NiftiHeader(
        1, ByteOrder.LITTLE_ENDIAN, false, channels > 1 ? 4 : 3, channels > 1 ? 4 : 3,
        geometry.size(), channels, type, 0, 1, 0, NiftiAffine.of(geometry), 1, Optional.empty(),
        geometry.spacingMm(), 1, 1, 0, List.of());
  }

  /** The same header for another grid; affine and spacing are in this header's unit. */
  NiftiHeader withGrid(Size newSize, double[][] newAffine, Vec3 newSpacing) {
    int newRank = channels > 1 ? 4 : newSize.z() > 1 ? 3 : Math.max(2, Math.min(rank, 3));
    return new NiftiHeader(
        version, order, false, newRank, newRank, newSize, channels, type, 0, slope, intercept,
        newAffine, affineCode, Optional.empty(), newSpacing, mmPerUnit, channelStep, timeUnit,
        warnings);
  }

  NiftiHeader withWarnings(List<String> more) {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(more);
    return new NiftiHeader(
        version, order, pair, rank, declaredRank, size, channels, type, voxelOffset, slope,
        intercept, affine, affineCode, qform, spacing, mmPerUnit, channelStep, timeUnit, all);
  }

  /** The same header with another reading of where the voxels lie. */
  NiftiHeader withAffine(double[][] newAffine, Vec3 newSpacing) {
    return new NiftiHeader(
        version, order, pair, rank, declaredRank, size, channels, type, voxelOffset, slope,
        intercept, newAffine, affineCode, qform, newSpacing, mmPerUnit, channelStep, timeUnit,
        warnings);
  }

  /** The same header with two dimensions; for one slice and one channel. */
  NiftiHeader asPlane() {
    return new NiftiHeader(
        version, order, pair, 2, 2, size, channels, type, voxelOffset, slope, intercept, affine,
        affineCode, qform, spacing, mmPerUnit, channelStep, timeUnit, warnings);
  }

  Geometry geometry() {
    return NiftiAffine.toGeometry(size, affine, spacing, mmPerUnit);
  }

  Vec3 headerSpacingMm() {
    Vec3 exact = geometry().spacingMm();
    double[] mm = new double[3];
    for (int a = 0; a < 3; a++) {
      // Other tools take a negative spacing for its size.
      double stated = Math.abs(spacing.get(a)) * mmPerUnit;
      mm[a] = stated > 0 && Double.isFinite(stated) ? stated : exact.get(a);
    }
    return new Vec3(mm[0], mm[1], mm[2]);
  }

  /** Bytes of one channel. */
  long channelBytes() {
    return (long) size.voxels() * type.bytes();
  }
}
