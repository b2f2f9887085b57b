package io.fiducia.nifti;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A NIfTI image as its file holds it: stored numbers in their own type and byte order, the scaling
 * that turns them into values, and the place of the voxels. Each channel (entry of the fourth
 * dimension) is one array of bytes, x fastest.
 */
public final class NiftiImage {
  private final String source;
  private final NiftiHeader header;
  private final List<byte[]> channels;
  private final Geometry geometry;

  NiftiImage(String source, NiftiHeader header, List<byte[]> channels) {
    this.source = source;
    this.header = header;
    this.channels = List.copyOf(channels);
    this.geometry = header.geometry();
  }

  /** An image of one or more channels of float32 on one grid. */
  public static NiftiImage ofFloats(List<FloatVolume> volumes) {
    if (volumes.isEmpty()) {
      throw new IllegalArgumentException("no channels");
    }
    Geometry grid = volumes.get(0).geometry();
    List<byte[]> channels = new ArrayList<>();
    for (FloatVolume volume : volumes) {
      if (!volume.geometry().sameGrid(grid)) {
        throw new IllegalArgumentException("channels on different grids");
      }
      byte[] bytes = new byte[bytes(grid.size(), NiftiDataType.FLOAT32)];
      float[] data = volume.data();
      VoxelChunks.forEach(
          data.length,
          (from, count) -> ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer()
              .put(from, data, from, count));
      channels.add(bytes);
    }
    return new NiftiImage(
        "(in memory)", NiftiHeader.of(grid, volumes.size(), NiftiDataType.FLOAT32), channels);
  }

  /**
   * An image of labels, uint8 if none is above 255 and else uint16.
   *
   * @throws FiduciaException BAD_INPUT if a label is negative
   */
  public static NiftiImage ofLabels(LabelVolume labels) {
    short[] data = labels.data();
    Size size = labels.geometry().size();
    int largest = 0;
    for (int i = 0; i < data.length; i++) {
      if (data[i] < 0) {
        throw LabelDecoder.badLabel("(in memory)", size, i, data[i]);
      }
      largest = Math.max(largest, data[i]);
    }
    NiftiDataType type = largest <= 255 ? NiftiDataType.UINT8 : NiftiDataType.UINT16;
    byte[] bytes = new byte[bytes(size, type)];
    if (type == NiftiDataType.UINT8) {
      for (int i = 0; i < data.length; i++) {
        bytes[i] = (byte) data[i];
      }
    } else {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().put(data);
    }
    return new NiftiImage(
        "(in memory)", NiftiHeader.of(labels.geometry(), 1, type), List.of(bytes));
  }

  private static int bytes(Size size, NiftiDataType type) {
    long bytes = (long) size.voxels() * type.bytes();
    if (bytes > Integer.MAX_VALUE - 8) {
      throw FiduciaException.outOfResources(
          "the image is too large to write", "",
          "expected at most 2^31 bytes for one channel, found " + bytes, "split it", null);
    }
    return (int) bytes;
  }

  /** The same image with two dimensions in its file in place of three; it must have one slice. */
  public NiftiImage asPlane() {
    if (geometry.size().z() != 1 || channels() != 1) {
      throw new IllegalArgumentException("no plane image: " + shape());
    }
    return new NiftiImage(source, header.asPlane(), channels);
  }

  /**
   * The same voxels placed as another tool reads the header.
   *
   * @throws FiduciaException BAD_INPUT if that tool refuses the header
   */
  public NiftiImage as(NiftiConvention convention) {
    NiftiHeader read = convention.apply(header, source);
    return read == header ? this : new NiftiImage(source, read, channels);
  }

  NiftiHeader header() {
    return header;
  }

  /** The file this image was read from, or "(in memory)". */
  public String source() {
    return source;
  }

  /** The grid in LPS millimetres. */
  public Geometry geometry() {
    return geometry;
  }

  /** The number of entries of the fourth dimension, 1 if there is none. */
  public int channels() {
    return channels.size();
  }

  /** Sizes, x first, trailing ones dropped; at least one entry. */
  public List<Integer> shape() {
    List<Integer> shape = new ArrayList<>(
        List.of(header.size().x(), header.size().y(), header.size().z(), channels()));
    while (shape.size() > 1 && shape.getLast() == 1) {
      shape.removeLast();
    }
    return List.copyOf(shape);
  }

  /** The number of dimensions that the file declares, trailing ones counted. */
  public int declaredDimensions() {
    return header.declaredRank();
  }

  /**
   * The voxel spacing in mm that the header states (pixdim). It may differ from the affine's, which
   * {@link #geometry()} has; where it is not above zero, it is the affine's.
   */
  public Vec3 headerSpacingMm() {
    return header.headerSpacingMm();
  }

  /** The lengths in mm of the affine's columns, not rounded to the header's spacing. */
  public Vec3 affineSpacingMm() {
    return NiftiAffine.spacing(header.affine()).times(header.mmPerUnit());
  }

  public NiftiDataType dataType() {
    return header.type();
  }

  public ByteOrder byteOrder() {
    return header.order();
  }

  /** 1 for NIfTI-1, 2 for NIfTI-2. */
  public int version() {
    return header.version();
  }

  /** A value is {@code stored * slope() + intercept()}; 1 if the header has no scaling. */
  public double slope() {
    return header.slope();
  }

  /** See {@link #slope()}; 0 if the header has no scaling. */
  public double intercept() {
    return header.intercept();
  }

  /** The 4x4 matrix from voxel index to RAS, row-major, in the file's own unit (mostly mm). */
  public double[][] affine() {
    return NiftiAffine.copy(header.affine());
  }

  /** What the user should know about the file although it could be read. */
  public List<String> warnings() {
    return header.warnings();
  }

  /** The stored bytes of a channel, not copied. */
  public byte[] bytes(int channel) {
    return channels.get(channel);
  }

  /** The value of one voxel after scaling; {@code voxel} is {@code geometry().size().index(..)}. */
  public double value(int channel, int voxel) {
    double[] one = new double[1];
    decode(channel, voxel, 1, one);
    return one[0];
  }

  /**
   * A channel's values after scaling, rounded to float32. NaN and infinities are kept; see {@link
   * #nonFiniteCount()}.
   */
  public FloatVolume toFloatVolume(int channel) {
    float[] values = new float[geometry.size().voxels()];
    boolean plain = header.type() == NiftiDataType.FLOAT32 && !header.scaled();
    VoxelChunks.forEach(values.length, (from, count) -> {
      if (plain) {
        VoxelDecoder.buffer(header, channels.get(channel)).asFloatBuffer().get(from, values, from,
            count);
        return;
      }
      double[] exact = new double[Math.min(VoxelChunks.PIECE, count)];
      for (int done = 0; done < count; done += VoxelChunks.PIECE) {
        int start = from + done;
        int n = Math.min(VoxelChunks.PIECE, count - done);
        decode(channel, start, n, exact);
        for (int i = 0; i < n; i++) {
          values[start + i] = (float) exact[i];
        }
      }
    });
    return new FloatVolume(geometry, values);
  }

  /**
   * The image as labels. Values within 0.001 of a whole number after scaling are rounded to it.
   *
   * @throws FiduciaException BAD_INPUT naming the first voxel whose value is no whole number from 0
   *     to 32767, or if there is more than one channel
   */
  public LabelVolume toLabelVolume() {
    if (channels() != 1) {
      throw FiduciaException.badInput(
          "expected a label map, found an image of several channels", source,
          "shape " + shape(), "give one label map of three dimensions");
    }
    return new LabelVolume(geometry, LabelDecoder.labels(source, header, channels.get(0)));
  }

  /** Smallest, largest and mean of the finite values after scaling, and how many are not finite. */
  public record Statistics(double min, double max, double mean, long nonFinite) {}

  /** The statistics over all channels; NaN where no value is finite. */
  public Statistics statistics() {
    return VoxelStatistics.of(header, channels);
  }

  /** How many values of all channels are NaN or infinite after scaling. */
  public long nonFiniteCount() {
    return header.type().isFloat() || header.scaled() ? statistics().nonFinite() : 0;
  }

  /** The image with its axes permuted and flipped to the closest orientation; lossless. */
  public NiftiImage reorientedTo(Orientation target) {
    return reoriented(Orientation.of(geometry).to(target));
  }

  /** The image with its axes mapped; stored numbers, type and scaling stay. */
  public NiftiImage reoriented(AxisMap map) {
    if (map.isIdentity()) {
      return this;
    }
    double[][] affine = affine();
    double[][] mapped = affine();
    for (int row = 0; row < 3; row++) {
      for (int a = 0; a < 3; a++) {
        int s = map.source().get(a);
        boolean backwards = map.reversed().get(a);
        mapped[row][a] = backwards ? -affine[row][s] + 0.0 : affine[row][s];
        if (backwards) {
          mapped[row][3] += affine[row][s] * (header.size().get(s) - 1);
        }
      }
    }
    Size out = map.apply(header.size());
    AxisMap.Strides s = map.strides(header.size());
    Vec3 spacing = header.spacing();
    return gathered(
        out,
        mapped,
        new Vec3(
            spacing.get(map.source().get(0)),
            spacing.get(map.source().get(1)),
            spacing.get(map.source().get(2))),
        voxel -> s.base() + voxel % out.x() * s.strideX()
            + voxel / out.x() % out.y() * s.strideY() + voxel / out.x() / out.y() * s.strideZ());
  }

  /** A box of the image; outside the image the stored number is 0. */
  public NiftiImage region(Region region) {
    double[][] affine = affine();
    for (int row = 0; row < 3; row++) {
      affine[row][3] += affine[row][0] * region.startX() + affine[row][1] * region.startY()
          + affine[row][2] * region.startZ();
    }
    Size in = header.size();
    Size out = region.size();
    return gathered(out, affine, header.spacing(), voxel -> {
      int i = voxel % out.x() + region.startX();
      int j = voxel / out.x() % out.y() + region.startY();
      int k = voxel / out.x() / out.y() + region.startZ();
      boolean inside = i >= 0 && i < in.x() && j >= 0 && j < in.y() && k >= 0 && k < in.z();
      return inside ? in.index(i, j, k) : -1;
    });
  }

  /**
   * An image on another grid whose voxels are copies of this image's, with type and scaling kept
   * (nearest-neighbour resampling, for example).
   *
   * @param grid the new grid
   * @param sourceVoxel the voxel of this image to copy for each voxel of the new grid, or -1 for the
   *     stored number 0; called from several threads
   */
  public NiftiImage gathered(Geometry grid, IntUnaryOperator sourceVoxel) {
    double[][] affine = NiftiAffine.of(grid);
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 4; column++) {
        affine[row][column] /= header.mmPerUnit();
      }
    }
    return gathered(
        grid.size(), affine, grid.spacingMm().times(1 / header.mmPerUnit()), sourceVoxel);
  }

  private NiftiImage gathered(
      Size size, double[][] affine, Vec3 spacing, IntUnaryOperator sourceVoxel) {
    int width = header.type().bytes();
    List<byte[]> moved = new ArrayList<>();
    for (byte[] from : channels) {
      byte[] to = new byte[bytes(size, header.type())];
      VoxelChunks.forEach(size.voxels(), (start, count) -> {
        for (int voxel = start; voxel < start + count; voxel++) {
          int s = sourceVoxel.applyAsInt(voxel);
          for (int b = 0; s >= 0 && b < width; b++) {
            to[voxel * width + b] = from[s * width + b];
          }
        }
      });
      moved.add(to);
    }
    return new NiftiImage(source, header.withGrid(size, affine, spacing), moved);
  }

  private void decode(int channel, int from, int count, double[] out) {
    VoxelDecoder.decode(header, channels.get(channel), from, count, out);
  }
}
