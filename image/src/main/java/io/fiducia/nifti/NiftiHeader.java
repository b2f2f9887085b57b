package io.fiducia.nifti;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a header says, checked, without the fields that name people, tools or displays.
 *
 * @param version 1 or 2
 * @param order byte order of header and voxels
 * @param pair whether the voxels lie in a second file
 * @param rank the number of dimensions the file has, 1 to 4, trailing ones dropped beyond 2
 * @param size voxels along x, y, z
 * @param channels entries of the fourth dimension
 * @param voxelOffset where the voxels start in their file
 * @param slope value = stored * slope + intercept; 1 and 0 where the header has no scaling
 * @param affine row-major 4x4 from voxel index to RAS in the header's unit
 * @param affineCode the code of the coordinate system (1 scanner, 2 aligned, 3 Talairach, 4 MNI, 5
 *     template), 0 where the header has no orientation
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
    Size size,
    int channels,
    NiftiDataType type,
    long voxelOffset,
    double slope,
    double intercept,
    double[][] affine,
    int affineCode,
    Vec3 spacing,
    double mmPerUnit,
    double channelStep,
    int timeUnit,
    List<String> warnings) {
  NiftiHeader {
    warnings = List.copyOf(warnings);
  }

  /** A little-endian header of our own making. */
  static NiftiHeader of(Geometry geometry, int channels, NiftiDataType type) {
    return new NiftiHeader(
        1, ByteOrder.LITTLE_ENDIAN, false, channels > 1 ? 4 : 3, geometry.size(), channels, type,
        0, 1, 0, NiftiAffine.of(geometry), 1, geometry.spacingMm(), 1, 1, 0, List.of());
  }

  /** The same header for another grid; affine and spacing are in this header's unit. */
  NiftiHeader withGrid(Size newSize, double[][] newAffine, Vec3 newSpacing) {
    int newRank = channels > 1 ? 4 : newSize.z() > 1 ? 3 : Math.max(2, Math.min(rank, 3));
    return new NiftiHeader(
        version, order, false, newRank, newSize, channels, type, 0, slope, intercept, newAffine,
        affineCode, newSpacing, mmPerUnit, channelStep, timeUnit, warnings);
  }

  NiftiHeader withWarnings(List<String> more) {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(more);
    return new NiftiHeader(
        version, order, pair, rank, size, channels, type, voxelOffset, slope, intercept, affine,
        affineCode, spacing, mmPerUnit, channelStep, timeUnit, all);
  }

  Geometry geometry() {
    return NiftiAffine.toGeometry(size, affine, spacing, mmPerUnit);
  }

  /** Bytes of one channel. */
  long channelBytes() {
    return (long) size.voxels() * type.bytes();
  }
}
