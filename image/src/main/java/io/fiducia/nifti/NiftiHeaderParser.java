package io.fiducia.nifti;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiAffine.Quaternion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads and checks the header of NIfTI-1 (348 bytes) and NIfTI-2 (540 bytes). */
final class NiftiHeaderParser {
  static final int BYTES_1 = 348;
  static final int BYTES_2 = 540;

  /** One voxel more and its array would not fit a Java array. */
  private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 8;

  private final ByteBuffer bytes;
  private final int version;
  private final String where;
  private final List<String> warnings = new ArrayList<>();

  private NiftiHeaderParser(byte[] header, String where) {
    ByteOrder order = orderOf(header);
    this.bytes = ByteBuffer.wrap(header).order(order);
    this.version = bytes.getInt(0) == BYTES_1 ? 1 : 2;
    this.where = where;
  }

  /** The header's length from its first 348 bytes. */
  static int length(byte[] start, String where) {
    ByteOrder order = orderOf(start);
    int size = order == null ? 0 : ByteBuffer.wrap(start).order(order).getInt(0);
    if (size == BYTES_2 && start.length >= 8) {
      String magic = new String(start, 4, 3, StandardCharsets.ISO_8859_1);
      if (magic.equals("n+2") || magic.equals("ni2")) {
        return BYTES_2;
      }
    }
    if (start.length < BYTES_1) {
      throw notNifti(
          where, "expected a header of 348 or 540 bytes, found " + start.length + " bytes");
    }
    String magic = new String(start, 344, 3, StandardCharsets.ISO_8859_1);
    boolean named = magic.equals("n+1") || magic.equals("ni1");
    if (size == BYTES_1 && named) {
      return BYTES_1;
    }
    if (size == BYTES_2) {
      throw notNifti(where, "expected the magic n+2 or ni2 at byte 4 after a header size of 540");
    }
    if (size == BYTES_1) {
      throw FiduciaException.badInput(
          "the file is ANALYZE 7.5 or damaged, not NIfTI",
          where + ", byte 344",
          "expected the magic n+1 or ni1, found " + printable(magic),
          "convert it to NIfTI with a tool that knows its orientation");
    }
    throw notNifti(
        where,
        "expected the header size 348 or 540 at byte 0 in either byte order, found "
            + ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(0));
  }

  private static FiduciaException notNifti(String where, String why) {
    return FiduciaException.badInput(
        "the file is not NIfTI", where, why,
        "check that the file is a whole .nii, .nii.gz or .hdr");
  }

  private static ByteOrder orderOf(byte[] header) {
    if (header.length < 4) {
      return null;
    }
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      int size = ByteBuffer.wrap(header).order(order).getInt(0);
      if (size == BYTES_1 || size == BYTES_2) {
        return order;
      }
    }
    return null;
  }

  private static String printable(String text) {
    StringBuilder shown = new StringBuilder("'");
    for (char c : text.toCharArray()) {
      shown.append(
          c >= ' ' && c < 127 ? String.valueOf(c) : String.format(Locale.ROOT, "\\x%02x", (int) c));
    }
    return shown.append('\'').toString();
  }

  /**
   * The header in {@code header}, whose length is that of {@link #length}.
   *
   * @throws FiduciaException BAD_INPUT naming the field, what was expected and what was found
   */
  static NiftiHeader parse(byte[] header, String where) {
    return new NiftiHeaderParser(header, where).parse();
  }

  private boolean first() {
    return version == 1;
  }

  private NiftiHeader parse() {
    boolean pair = bytes.get(first() ? 345 : 5) == 'i';
    long[] dim = dimensions();
    int rank = (int) dim[0];
    Size size = size(dim);
    int channels = channels(dim);
    NiftiDataType type = type();
    long voxelOffset = voxelOffset(pair);
    double slope = real(112, 176);
    double intercept = real(116, 184);
    if (!Double.isFinite(slope) || slope == 0) {
      slope = 1;
      intercept = 0;
    } else if (!Double.isFinite(intercept)) {
      throw bad("scl_inter", "a finite number beside scl_slope " + slope, "" + intercept);
    }
    int units = first() ? bytes.get(123) & 0xff : bytes.getInt(500);
    Grid grid = grid(rank);
    NiftiHeader header = new NiftiHeader(
        version, bytes.order(), pair, rank, declaredRank(), size, channels, type, voxelOffset,
        slope,
        intercept, grid.affine, grid.code, grid.qform, grid.spacing, mmPerUnit(units), pixdim(4),
        units & 0x38, warnings);
    checkGeometry(header);
    return header;
  }

  /** NIfTI-2 can hold numbers that overflow on the way to millimetres. */
  private void checkGeometry(NiftiHeader header) {
    String found = Arrays.deepToString(Arrays.copyOf(header.affine(), 3));
    if (NiftiAffine.isSingular(header.affine())) {
      throw bad("orientation", "three axes that span space", "a singular matrix " + found);
    }
    try {
      header.geometry();
    } catch (IllegalArgumentException e) {
      throw bad("orientation", "positions in millimetres that are finite numbers", found);
    }
  }

  private int declaredRank() {
    return first() ? bytes.getShort(40) : (int) bytes.getLong(16);
  }

  /** dim[0] to dim[7] with trailing ones dropped and the unused entries set to 1. */
  private long[] dimensions() {
    long[] dim = new long[8];
    for (int i = 0; i < 8; i++) {
      dim[i] = first() ? bytes.getShort(40 + 2 * i) : bytes.getLong(16 + 8 * i);
    }
    if (dim[0] < 1 || dim[0] > 7) {
      throw bad("dim[0]", "1 to 7 dimensions", "" + dim[0]);
    }
    int rank = (int) dim[0];
    for (int i = 1; i <= rank; i++) {
      if (dim[i] < 1) {
        throw bad("dim[" + i + "]", "at least 1 voxel", "" + dim[i]);
      }
    }
    Arrays.fill(dim, rank + 1, 8, 1);
    while (rank > 2 && dim[rank] == 1) {
      rank--;
    }
    if (rank > 4) {
      throw FiduciaException.badInput(
          "the image has more than four dimensions",
          where,
          "expected x, y, z and channels, found " + Arrays.toString(
              Arrays.copyOfRange(dim, 1, rank + 1)),
          "split it into images of at most four dimensions");
    }
    dim[0] = rank;
    return dim;
  }

  private Size size(long[] dim) {
    long voxels = 1;
    for (int i = 1; i <= 3; i++) {
      // Each factor is at most 2^31 here, so that their product cannot overflow.
      if (dim[i] > MOST_ELEMENTS || voxels * dim[i] > MOST_ELEMENTS) {
        throw FiduciaException.badInput(
            "the image is too large, or its header is damaged",
            where + ", dim",
            "expected fewer than 2^31 voxels, found " + dim[1] + "x" + dim[2] + "x" + dim[3],
            "check the file; split it if it really is this large");
      }
      voxels *= dim[i];
    }
    return new Size((int) dim[1], (int) dim[2], (int) dim[3]);
  }

  private int channels(long[] dim) {
    if (dim[4] > MOST_ELEMENTS) {
      throw bad("dim[4]", "fewer than 2^31 channels", "" + dim[4]);
    }
    return (int) dim[4];
  }

  private NiftiDataType type() {
    int code = bytes.getShort(first() ? 70 : 12);
    NiftiDataType type = NiftiDataType.ofCode(code)
        .orElseThrow(
            () -> FiduciaException.badInput(
                "the voxel type is not supported",
                where + ", datatype",
                "expected an integer of 8 to 64 bits, float32 or float64, found "
                    + NiftiDataType.describe(code),
                "convert the image to one of these types"));
    int bitpix = bytes.getShort(first() ? 72 : 14);
    if (bitpix != 8 * type.bytes()) {
      // nibabel and ITK read such files, too: the data type alone says what a voxel is.
      warnings.add("bitpix is " + bitpix + ", but " + type.numpyName() + " has " + 8 * type.bytes()
          + " bits; the data type counts");
    }
    return type;
  }

  private long voxelOffset(boolean pair) {
    int least = pair ? 0 : first() ? BYTES_1 + 4 : BYTES_2 + 4;
    long offset;
    if (first()) {
      float value = bytes.getFloat(108);
      offset = (long) value;
      if (!(value >= 0) || offset != value || offset == Long.MAX_VALUE) {
        throw bad("vox_offset", "a whole number of bytes", "" + value);
      }
    } else {
      offset = bytes.getLong(168);
    }
    if (offset == 0 && !pair) {
      warnings.add("vox_offset is 0; the voxels are taken to start at byte " + least);
      return least;
    }
    if (offset < least) {
      throw bad("vox_offset", "at least " + least, "" + offset);
    }
    return offset;
  }

  private double mmPerUnit(int units) {
    return switch (units & 7) {
      case 0, 2 -> 1;
      case 1 -> {
        warnings.add("the header's unit is the metre; the geometry is converted to mm");
        yield 1000;
      }
      case 3 -> {
        warnings.add("the header's unit is the micrometre; the geometry is converted to mm");
        yield 0.001;
      }
      default -> {
        warnings.add("the header's unit of length is unknown; mm are assumed");
        yield 1;
      }
    };
  }

  /** Where the voxels lie, by the first of the standard's three methods that the header offers. */
  private record Grid(
      double[][] affine, int code, Optional<double[][]> qform, Vec3 spacing) {}

  private Grid grid(int rank) {
    int qform = first() ? bytes.getShort(252) : bytes.getInt(344);
    int sform = first() ? bytes.getShort(254) : bytes.getInt(348);
    Vec3 header = new Vec3(pixdim(1), pixdim(2), pixdim(3));
    if (sform > 0) {
      return new Grid(sform(), sform, qform > 0 ? secondQform(header) : Optional.empty(), header);
    }
    for (int i = 1; i <= Math.min(rank, 3); i++) {
      double step = pixdim(i);
      if (!(step > 0) || !Double.isFinite(step)) {
        throw bad("pixdim[" + i + "]", "a voxel spacing above 0", "" + step);
      }
    }
    // A plane image need not say how thick it is.
    if (rank < 3 && !(header.z() > 0 && Double.isFinite(header.z()))) {
      header = new Vec3(header.x(), header.y(), 1);
    }
    if (rank < 2 && !(header.y() > 0 && Double.isFinite(header.y()))) {
      header = new Vec3(header.x(), 1, header.z());
    }
    if (qform > 0) {
      return new Grid(qform(header), qform, Optional.empty(), header);
    }
    warnings.add(
        "the header has neither sform nor qform: the axes are taken as right, anterior, superior"
            + " from the voxel spacing alone, and left and right may be swapped");
    double[][] affine = {{header.x(), 0, 0, 0}, {0, header.y(), 0, 0}, {0, 0, header.z(), 0},
      {0, 0, 0, 1}};
    return new Grid(affine, 0, Optional.empty(), header);
  }

  /** The qform beside an sform: the sform counts, so that a damaged one is ignored. */
  private Optional<double[][]> secondQform(Vec3 spacing) {
    for (int a = 0; a < 3; a++) {
      if (!(spacing.get(a) > 0) || !Double.isFinite(spacing.get(a))) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(qform(spacing));
    } catch (FiduciaException e) {
      return Optional.empty();
    }
  }

  private double[][] sform() {
    double[][] affine = new double[4][4];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 4; column++) {
        int i = 4 * row + column;
        affine[row][column] = real(280 + 4 * i, 400 + 8 * i);
        if (!Double.isFinite(affine[row][column])) {
          throw bad("srow_" + "xyz".charAt(row), "finite numbers", "" + affine[row][column]);
        }
      }
    }
    affine[3][3] = 1;
    return affine;
  }

  private double[][] qform(Vec3 spacing) {
    double[] field = new double[6];
    for (int i = 0; i < 6; i++) {
      field[i] = real(256 + 4 * i, 352 + 8 * i);
      if (!Double.isFinite(field[i])) {
        String name = i < 3 ? "quatern_" + "bcd".charAt(i) : "qoffset_" + "xyz".charAt(i - 3);
        throw bad(name, "a finite number", "" + field[i]);
      }
    }
    double square = field[0] * field[0] + field[1] * field[1] + field[2] * field[2];
    if (square > 1.01) {
      throw bad("quatern_b, c, d", "a vector no longer than 1", "length " + Math.sqrt(square));
    }
    // The standard: qfac is 1 unless pixdim[0] says -1.
    int qfac = pixdim(0) < 0 ? -1 : 1;
    return NiftiAffine.ofQuaternion(
        new Quaternion(field[0], field[1], field[2], qfac), spacing,
        new Vec3(field[3], field[4], field[5]));
  }

  private double pixdim(int i) {
    return real(76 + 4 * i, 104 + 8 * i);
  }

  private double real(int offset1, int offset2) {
    return first() ? bytes.getFloat(offset1) : bytes.getDouble(offset2);
  }

  private FiduciaException bad(String field, String expected, String found) {
    return FiduciaException.badInput(
        String.format(Locale.ROOT, "the NIfTI header is invalid or damaged: %s", field),
        where,
        "expected " + expected + ", found " + found,
        "create the file again from its source, or correct this header field");
  }
}
