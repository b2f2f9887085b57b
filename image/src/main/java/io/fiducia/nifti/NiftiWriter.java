package io.fiducia.nifti;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiAffine.Quaternion;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes NIfTI files, .nii or .nii.gz, whole or not at all. The same image gives the same bytes; it
 * holds no name and no time, and a description only where one is given. The header is NIfTI-1, which more tools read, or NIfTI-2 if an
 * axis has more than 32767 entries or scaling or orientation need 64 bits.
 *
 * <p>Both sform and qform are written, in millimetres; under shear, which a qform cannot express, its
 * code is 0.
 */
public final class NiftiWriter {
  private static final int MILLIMETRES = 2;

  /** Room for the description in both versions' headers, with the zero at its end. */
  private static final int DESCRIPTION_BYTES = 80;

  /** Label maps shrink much further with some effort, at little cost. */
  static final int LABEL_LEVEL = 5;

  /** The noise of an image does not shrink at any level; this one is the fastest. */
  private static final int IMAGE_LEVEL = 1;

  private NiftiWriter() {}

  /** Writes labels as uint8 if none is above 255, else as uint16. */
  public static void writeLabels(Path file, LabelVolume labels) {
    write(file, NiftiImage.ofLabels(labels));
  }

  /** Writes one channel as float32. */
  public static void writeFloats(Path file, FloatVolume volume) {
    writeFloats(file, List.of(volume));
  }

  /** Writes channels on one grid as float32 along the fourth dimension. */
  public static void writeFloats(Path file, List<FloatVolume> channels) {
    write(file, NiftiImage.ofFloats(channels));
  }

  /**
   * Writes an image with its stored numbers, type, byte order and scaling as they are.
   *
   * @throws FiduciaException BAD_INPUT if the name does not end in .nii or .nii.gz or the place
   *     cannot be written; OUT_OF_RESOURCES if the disk is full
   */
  public static void write(Path file, NiftiImage image) {
    write(file, image, "");
  }

  /**
   * Writes an image, with a description in the header. Errors are those of {@link #write(Path,
   * NiftiImage)}.
   *
   * @param description at most 79 ASCII characters, never about a person
   */
  public static void write(Path file, NiftiImage image, String description) {
    byte[] words = description.getBytes(StandardCharsets.US_ASCII);
    if (words.length >= DESCRIPTION_BYTES) {
      throw new IllegalArgumentException("a description has at most 79 characters");
    }
    List<byte[]> parts = new ArrayList<>();
    parts.add(header(image.header(), words));
    for (int c = 0; c < image.channels(); c++) {
      parts.add(image.bytes(c));
    }
    write(file, parts, image.dataType().bytes() == 1 ? LABEL_LEVEL : IMAGE_LEVEL);
  }

  /**
   * Writes a label map with the header of its image and header extensions; as uint8 if no label is
   * above 255, else as uint16. Errors are those of {@link #write(Path, NiftiImage)}.
   *
   * @param template the image's header; on the label map's grid
   * @param extensions for example {@link NiftiLabelTable#extension}
   * @throws FiduciaException BAD_INPUT also if a label is negative
   */
  public static void writeLabels(Path file, LabelVolume labels, NiftiTemplate template,
      List<NiftiExtension> extensions) {
    template.checkGrid(labels);
    NiftiImage image = NiftiImage.ofLabels(labels);
    write(file, List.of(template.start(image.dataType(), extensions), image.bytes(0)), LABEL_LEVEL);
  }

  /** Whether a file of that name is compressed; only the endings .nii and .nii.gz are known. */
  static boolean isZipped(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    boolean zipped = name.endsWith(".nii.gz");
    if (!zipped && !name.endsWith(".nii")) {
      throw FiduciaException.badInput(
          "cannot tell the file type from the name", file,
          "expected a name that ends in .nii or .nii.gz", "rename the output");
    }
    return zipped;
  }

  private static void write(Path file, List<byte[]> parts, int level) {
    boolean zipped = isZipped(file);
    AtomicFiles.write(file, out -> {
      if (zipped) {
        ParallelGzip.write(out, parts, level);
        return;
      }
      for (byte[] part : parts) {
        out.write(part);
      }
    });
  }

  /** The header of a version, 348 or 540 bytes, without what stands behind it. */
  static byte[] header(NiftiHeader header, int version) {
    Fields fields = Fields.of(header);
    byte[] bytes = version == 1 ? header1(header, fields) : header2(header, fields);
    return Arrays.copyOf(bytes, bytes.length - 4);
  }

  private static byte[] header(NiftiHeader header, byte[] description) {
    Fields fields = Fields.of(header);
    boolean first = version(header, fields) == 1;
    byte[] bytes = first ? header1(header, fields) : header2(header, fields);
    System.arraycopy(description, 0, bytes, first ? 148 : 240, description.length);
    return bytes;
  }

  /** The lowest version whose header can hold a header's numbers. */
  static int version(NiftiHeader header) {
    return version(header, Fields.of(header));
  }

  private static int version(NiftiHeader header, Fields fields) {
    int longest = Math.max(
        Math.max(header.size().x(), header.size().y()),
        Math.max(header.size().z(), header.channels()));
    boolean exact = (float) header.slope() == header.slope()
        && (float) header.intercept() == header.intercept();
    return longest <= Short.MAX_VALUE && exact && fields.fitFloat() ? 1 : 2;
  }

  /** The numbers of a header that both versions share, in millimetres. */
  private record Fields(
      long[] dim, double[] pixdim, double[] quatern, double[] srow, int qform, int sform,
      int units) {
    static Fields of(NiftiHeader header) {
      double[][] affine = NiftiAffine.copy(header.affine());
      double[] srow = new double[12];
      for (int row = 0; row < 3; row++) {
        for (int column = 0; column < 4; column++) {
          affine[row][column] *= header.mmPerUnit();
          srow[4 * row + column] = affine[row][column];
        }
      }
      Vec3 spacing = header.geometry().spacingMm();
      Optional<Quaternion> quaternion = NiftiAffine.toQuaternion(affine);
      Quaternion q = quaternion.orElse(new Quaternion(0, 0, 0, 1));
      // The code belongs to the affine that was read, whichever form that came from.
      boolean codeFits = header.affineCode() > 0 && header.affineCode() <= Short.MAX_VALUE;
      int code = codeFits ? header.affineCode() : 1;
      boolean several = header.channels() > 1;
      boolean stepKnown = header.channelStep() > 0 && Double.isFinite(header.channelStep());
      double step = several && stepKnown ? header.channelStep() : 1;
      return new Fields(
          new long[]{
            header.rank(), header.size().x(), header.size().y(), header.size().z(),
            header.channels(), 1, 1, 1
          },
          new double[]{q.qfac(), spacing.x(), spacing.y(), spacing.z(), step, 1, 1, 1},
          new double[]{q.b(), q.c(), q.d(), affine[0][3], affine[1][3], affine[2][3]},
          srow,
          quaternion.isPresent() ? code : 0,
          code,
          several ? MILLIMETRES | header.timeUnit() : MILLIMETRES);
    }

    /** Whether the orientation survives rounding to 32 bits: only absurd grids do not. */
    private boolean fitFloat() {
      double largest = 0;
      for (double value : srow) {
        largest = Math.max(largest, Math.abs(value));
      }
      double finest = Math.min(pixdim[1], Math.min(pixdim[2], pixdim[3]));
      return largest < 1e30 && finest > 1e-30;
    }
  }

  private static byte[] header1(NiftiHeader header, Fields f) {
    ByteBuffer b = ByteBuffer.allocate(NiftiHeaderParser.BYTES_1 + 4).order(header.order());
    b.putInt(0, NiftiHeaderParser.BYTES_1);
    b.put(38, (byte) 'r');
    for (int i = 0; i < 8; i++) {
      b.putShort(40 + 2 * i, (short) f.dim[i]);
      b.putFloat(76 + 4 * i, (float) f.pixdim[i]);
    }
    b.putShort(70, (short) header.type().code());
    b.putShort(72, (short) (8 * header.type().bytes()));
    b.putFloat(108, b.capacity());
    b.putFloat(112, (float) header.slope());
    b.putFloat(116, (float) header.intercept());
    b.put(123, (byte) f.units);
    b.putShort(252, (short) f.qform);
    b.putShort(254, (short) f.sform);
    for (int i = 0; i < 6; i++) {
      b.putFloat(256 + 4 * i, (float) f.quatern[i]);
    }
    for (int i = 0; i < 12; i++) {
      b.putFloat(280 + 4 * i, (float) f.srow[i]);
    }
    b.put(344, "n+1\0".getBytes(StandardCharsets.ISO_8859_1));
    return b.array();
  }

  private static byte[] header2(NiftiHeader header, Fields f) {
    ByteBuffer b = ByteBuffer.allocate(NiftiHeaderParser.BYTES_2 + 4).order(header.order());
    b.putInt(0, NiftiHeaderParser.BYTES_2);
    b.put(4, "n+2\0\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
    b.putShort(12, (short) header.type().code());
    b.putShort(14, (short) (8 * header.type().bytes()));
    for (int i = 0; i < 8; i++) {
      b.putLong(16 + 8 * i, f.dim[i]);
      b.putDouble(104 + 8 * i, f.pixdim[i]);
    }
    b.putLong(168, b.capacity());
    b.putDouble(176, header.slope());
    b.putDouble(184, header.intercept());
    b.putInt(344, f.qform);
    b.putInt(348, f.sform);
    for (int i = 0; i < 6; i++) {
      b.putDouble(352 + 8 * i, f.quatern[i]);
    }
    for (int i = 0; i < 12; i++) {
      b.putDouble(400 + 8 * i, f.srow[i]);
    }
    b.putInt(500, f.units);
    return b.array();
  }
}
