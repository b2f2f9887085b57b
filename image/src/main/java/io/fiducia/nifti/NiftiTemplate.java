package io.fiducia.nifti;

import io.fiducia.geometry.Geometry;
import io.fiducia.volume.LabelVolume;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * The header that label maps of an image get: a copy of the image's header, so that every tool places
 * the labels where it places the image. Copied are sform and qform with their codes, spacings, units,
 * and the fields about slices, time and intent. This is what nibabel writes for {@code
 * Nifti1Image(labels, image.affine, image.header)}, as TotalSegmentator does, with these differences:
 *
 * <ul>
 * <li>Free text ({@code descrip}, {@code aux_file}, {@code intent_name}, {@code data_type}, {@code
 * db_name}), the fields that NIfTI does not use ({@code extents}, {@code session_error}, {@code
 * regular}, {@code glmin}, {@code glmax}) and the image's header extensions are left out: they may
 * name a patient.
 * <li>{@code cal_min} and {@code cal_max} are 0: they are the display range of the image's
 * intensities, in which labels would look black.
 * <li>The file is little-endian; nibabel keeps the byte order. Like nibabel's, it is NIfTI-1 also
 * for an image of version 2 (but NIfTI-2 where the grid needs it), because ITK reads no other.
 * <li>For an image of four dimensions, or of version 2, nibabel sets sform and qform codes anew.
 * </ul>
 */
public final class NiftiTemplate {
  /**
   * Fields that are copied: numbers of one kind that follow each other.
   *
   * @param real whether they are floating-point numbers
   * @param at1 their place in NIfTI-1
   * @param bytes1 bytes of each there
   * @param at2 their place in NIfTI-2
   * @param bytes2 bytes of each there
   */
  private record Field(boolean real, int at1, int bytes1, int at2, int bytes2, int count) {}

  private static final List<Field> COPIED = List.of(
      new Field(false, 39, 1, 524, 1, 1), // dim_info
      new Field(true, 56, 4, 80, 8, 3), // intent_p1 to intent_p3
      new Field(false, 68, 2, 504, 4, 1), // intent_code
      new Field(false, 74, 2, 224, 8, 1), // slice_start
      new Field(true, 76, 4, 104, 8, 8), // pixdim
      new Field(false, 120, 2, 232, 8, 1), // slice_end
      new Field(false, 122, 1, 496, 4, 2), // slice_code, xyzt_units
      new Field(true, 132, 4, 208, 8, 2), // slice_duration, toffset
      new Field(false, 252, 2, 344, 4, 2), // qform_code, sform_code
      new Field(true, 256, 4, 352, 8, 18)); // quaternion and offset, rows of the sform

  private final byte[] header;
  private final Geometry geometry;

  private NiftiTemplate(byte[] header, Geometry geometry) {
    this.header = header;
    this.geometry = geometry;
  }

  /** The header of a new NIfTI-1 file on a grid. */
  public static NiftiTemplate of(Geometry geometry) {
    NiftiHeader header = NiftiHeader.of(geometry, 1, NiftiDataType.UINT8);
    return new NiftiTemplate(NiftiWriter.header(header, NiftiWriter.version(header)), geometry);
  }

  /**
   * The header after that of an image file, whose voxels are not read.
   *
   * @param convention how the image was read, and so where its label maps are; whatever it is, the
   *     header's bytes are the same
   * @throws io.fiducia.base.FiduciaException BAD_INPUT as {@link NiftiReader#readGeometry(Path)}, or
   *     if that convention refuses the header
   */
  public static NiftiTemplate read(Path image, NiftiConvention convention) {
    NiftiReader.Head head = NiftiReader.readHead(image, 0);
    return of(head.header(), head.parsed(),
        convention.apply(head.parsed(), image.toString()).geometry());
  }

  private static NiftiTemplate of(byte[] source, NiftiHeader parsed, Geometry geometry) {
    NiftiHeader plain = new NiftiHeader(
        1, ByteOrder.LITTLE_ENDIAN, false, 3, 3, parsed.size(), 1, NiftiDataType.UINT8, 0, 1, 0,
        parsed.affine(), parsed.affineCode(), parsed.qform(), parsed.spacing(), parsed.mmPerUnit(),
        1, 0, List.of());
    int version = parsed.version() == 1 ? 1 : NiftiWriter.version(plain);
    // This sets what does not depend on the image: magic, type, scaling.
    byte[] header = NiftiWriter.header(plain, version);
    ByteBuffer in = ByteBuffer.wrap(source).order(parsed.order());
    ByteBuffer out = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    for (Field f : COPIED) {
      for (int i = 0; i < f.count; i++) {
        double number = parsed.version() == 1
            ? number(in, f.real, f.at1 + i * f.bytes1, f.bytes1)
            : number(in, f.real, f.at2 + i * f.bytes2, f.bytes2);
        if (version == 1) {
          put(out, f.real, f.at1 + i * f.bytes1, f.bytes1, number);
        } else {
          put(out, f.real, f.at2 + i * f.bytes2, f.bytes2, number);
        }
      }
    }
    return new NiftiTemplate(header, geometry);
  }

  private static double number(ByteBuffer b, boolean real, int at, int bytes) {
    return switch (bytes) {
      case 1 -> b.get(at);
      case 2 -> b.getShort(at);
      case 4 -> real ? b.getFloat(at) : b.getInt(at);
      default -> real ? b.getDouble(at) : b.getLong(at);
    };
  }

  private static void put(ByteBuffer b, boolean real, int at, int bytes, double number) {
    switch (bytes) {
      case 1 -> b.put(at, (byte) number);
      case 2 -> b.putShort(at, (short) number);
      case 4 -> {
        if (real) {
          b.putFloat(at, (float) number);
        } else {
          b.putInt(at, (int) number);
        }
      }
      default -> {
        if (real) {
          b.putDouble(at, number);
        } else {
          b.putLong(at, (long) number);
        }
      }
    }
  }

  /** The grid in LPS millimetres. */
  public Geometry geometry() {
    return geometry;
  }

  /**
   * Checks that labels lie on this header's grid.
   *
   * @throws IllegalArgumentException if they do not
   */
  void checkGrid(LabelVolume labels) {
    if (!labels.geometry().sameGrid(geometry)) {
      throw new IllegalArgumentException(
          "labels on " + labels.geometry() + " for an image on " + geometry);
    }
  }

  /** All bytes of a file before its voxels. */
  byte[] start(NiftiDataType type, List<NiftiExtension> extensions) {
    boolean first = header.length == NiftiHeaderParser.BYTES_1;
    ByteBuffer b = ByteBuffer.allocate(header.length + NiftiExtension.bytes(extensions))
        .order(ByteOrder.LITTLE_ENDIAN);
    b.put(header);
    NiftiExtension.put(extensions, b);
    b.putShort(first ? 70 : 12, (short) type.code());
    b.putShort(first ? 72 : 14, (short) (8 * type.bytes()));
    if (first) {
      b.putFloat(108, b.capacity());
    } else {
      b.putLong(168, b.capacity());
    }
    return b.array();
  }
}
