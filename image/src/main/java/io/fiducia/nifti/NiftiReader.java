package io.fiducia.nifti;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads NIfTI-1 and NIfTI-2: a single file (.nii) or a pair (.hdr with .img, either may be named),
 * each plain or compressed by gzip, in either byte order, with voxels of 8 to 64 bit integers or 32
 * or 64 bit floats and up to four dimensions.
 *
 * <p>Source: nifti1.h and nifti2.h of the NIfTI data format working group. Descriptive fields are
 * dropped; header extensions are read on request only ({@link #readExtensions(Path)}).
 */
public final class NiftiReader {
  private NiftiReader() {}

  /** Deflate cannot do better than this (RFC 1951: 258 bytes from two bits). */
  private static final long MOST_INFLATION = 1032;

  /** Below this size an array is allocated at once, whatever the file's size promises. */
  private static final int SMALL = 1 << 20;

  private static final int CHUNK = 1 << 20;

  /** More bytes of extensions are not read: names of labels and comments need far fewer. */
  private static final int MOST_EXTENSION_BYTES = 1 << 24;

  /**
   * The image in a file.
   *
   * @throws FiduciaException BAD_INPUT if the file is missing, truncated, damaged, not NIfTI or of a
   *     kind that is not supported; OUT_OF_RESOURCES if its voxels do not fit into memory
   */
  public static NiftiImage read(Path file) {
    Path headerFile = isVoxelFile(file) ? partner(file, ".img", ".hdr") : file;
    try (Source source = Source.open(headerFile)) {
      byte[] bytes = readHeader(source);
      NiftiHeader header = NiftiHeaderParser.parse(bytes, headerFile.toString());
      if (!header.pair()) {
        return readVoxels(file, source, header, header.voxelOffset() - bytes.length);
      }
      if (!hasExtension(headerFile, ".hdr")) {
        throw FiduciaException.badInput(
            "the file is the header of a NIfTI pair, but its name does not end in .hdr",
            file,
            "the magic is ni1 or ni2, and the voxels lie in an .img file",
            "rename it to .hdr beside its .img");
      }
      try (Source voxels = Source.open(partner(headerFile, ".hdr", ".img"))) {
        return readVoxels(file, voxels, header, header.voxelOffset());
      }
    } catch (NoSuchFileException e) {
      throw FiduciaException.badInput(
          "the file does not exist", e.getFile(), "", "check the path", e);
    } catch (ZipException e) {
      throw FiduciaException.badInput(
          "the compressed file is damaged", file, reason(e), "copy it again from its source", e);
    } catch (EOFException e) {
      throw truncated(file, reason(e), e);
    } catch (IOException e) {
      throw FiduciaException.badInput(
          "cannot read the file", file, reason(e), "check that it may be read", e);
    }
  }

  /**
   * The grid of the image in a file, without reading its voxels.
   *
   * @throws FiduciaException BAD_INPUT as {@link #read(Path)}, as far as the header shows
   */
  public static Geometry readGeometry(Path file) {
    return readHeader(file).geometry();
  }

  /**
   * The header extensions of a file, in its order; none of a damaged one or after it. They may hold a
   * patient's identity, and anybody may have written them: their content is not interpreted.
   *
   * @throws FiduciaException BAD_INPUT as {@link #read(Path)}, as far as the header shows
   */
  public static List<NiftiExtension> readExtensions(Path file) {
    Head head = readHead(file, MOST_EXTENSION_BYTES);
    return NiftiExtension.parse(head.behind(), head.parsed().order());
  }

  /**
   * Throws if another tool would refuse the header of a file.
   *
   * @throws FiduciaException BAD_INPUT saying why
   */
  public static void check(Path file, NiftiConvention convention) {
    convention.apply(readHeader(file), file.toString());
  }

  private static NiftiHeader readHeader(Path file) {
    return readHead(file, 0).parsed();
  }

  /**
   * The start of a file.
   *
   * @param header the header's bytes
   * @param behind the bytes between the header and the voxels; empty if there are too many
   */
  record Head(byte[] header, NiftiHeader parsed, byte[] behind) {}

  /**
   * The header of a file and what stands behind it.
   *
   * @param most how many bytes behind the header are of interest
   * @throws FiduciaException BAD_INPUT as {@link #read(Path)}, as far as the header shows
   */
  static Head readHead(Path file, int most) {
    Path headerFile = isVoxelFile(file) ? partner(file, ".img", ".hdr") : file;
    try (Source source = Source.open(headerFile)) {
      byte[] header = readHeader(source);
      NiftiHeader parsed = NiftiHeaderParser.parse(header, headerFile.toString());
      long length = parsed.pair() ? most : parsed.voxelOffset() - header.length;
      byte[] behind = length > most ? new byte[0] : source.in.readNBytes((int) length);
      return new Head(header, parsed, behind);
    } catch (NoSuchFileException e) {
      throw FiduciaException.badInput(
          "the file does not exist", e.getFile(), "", "check the path", e);
    } catch (IOException e) {
      throw FiduciaException.badInput(
          "cannot read the file", file, reason(e), "check that it may be read", e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof EOFException && e.getMessage() == null) {
      return "the compressed data end before their checksum";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static FiduciaException truncated(Path file, String why, IOException cause) {
    return FiduciaException.badInput(
        "the file is truncated, or its header claims too much",
        file,
        why,
        "copy the file again from its source",
        cause);
  }

  private static byte[] readHeader(Source source) throws IOException {
    byte[] start = source.in.readNBytes(NiftiHeaderParser.BYTES_1);
    if (start.length == 0) {
      throw FiduciaException.badInput(
          "the file is empty", source.file, "expected a NIfTI header, found 0 bytes",
          "copy it again from its source");
    }
    int length = NiftiHeaderParser.length(start, source.file.toString());
    if (length <= start.length) {
      return start;
    }
    byte[] rest = source.in.readNBytes(length - start.length);
    if (start.length + rest.length < length) {
      throw truncated(
          source.file,
          "expected a header of " + length + " bytes, found " + (start.length + rest.length),
          null);
    }
    byte[] whole = Arrays.copyOf(start, length);
    System.arraycopy(rest, 0, whole, start.length, rest.length);
    return whole;
  }

  private static NiftiImage readVoxels(Path file, Source source, NiftiHeader header, long skip)
      throws IOException {
    long channelBytes = header.channelBytes();
    long available = source.mostBytes;
    long offset = header.voxelOffset();
    // The product cannot overflow: both factors are below 2^31 and voxels take at most 8 bytes.
    long needed = channelBytes > available ? channelBytes : channelBytes * header.channels();
    if (offset > available || needed > available - offset) {
      throw truncated(
          source.file,
          "expected " + channelBytes + " bytes of voxels for each of " + header.channels()
              + " channels after byte " + offset + ", found a file of " + source.fileBytes
              + " bytes",
          null);
    }
    if (channelBytes > Integer.MAX_VALUE - 8) {
      throw FiduciaException.outOfResources(
          "the image is too large", file,
          "expected at most 2^31 bytes for one channel, found " + channelBytes,
          "split it, or convert it to a smaller voxel type", null);
    }
    source.in.skipNBytes(skip);
    List<byte[]> channels = new ArrayList<>();
    try {
      for (int c = 0; c < header.channels(); c++) {
        channels.add(readChannel(source, (int) channelBytes, c));
      }
    } catch (OutOfMemoryError e) {
      channels.clear();
      throw FiduciaException.outOfResources(
          "the image does not fit into memory", file,
          header.size() + " voxels of " + header.type().numpyName() + ", " + header.channels()
              + " channels",
          "give the program more memory", e);
    }
    List<String> warnings = new ArrayList<>(source.warnings);
    if (source.in.readNBytes(1 << 16).length > 0) {
      warnings.add("bytes after the last voxel were ignored");
    }
    return new NiftiImage(file.toString(), header.withWarnings(warnings), channels);
  }

  /**
   * The next {@code size} bytes. The array is allocated at once only if the file is large
   * enough to make such a size likely, and otherwise grows with the data: a wrong header must not take
   * all memory.
   */
  private static byte[] readChannel(Source source, int size, int channel) throws IOException {
    long likely = Math.max(SMALL, 8 * source.fileBytes);
    byte[] bytes = new byte[(int) Math.min(size, likely)];
    int filled = 0;
    while (filled < size) {
      if (filled == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(size, 4L * bytes.length));
      }
      // A larger piece would make the JDK allocate a native buffer as large.
      int n = source.in.read(bytes, filled, Math.min(CHUNK, bytes.length - filled));
      if (n < 0) {
        throw new EOFException(
            "expected " + size + " bytes of voxels in channel " + channel + ", found " + filled);
      }
      filled += n;
    }
    return bytes;
  }

  /** A file's content, inflated if it is compressed. */
  private static final class Source implements AutoCloseable {
    private final Path file;
    private final InputStream in;
    private final long fileBytes;
    /** The content cannot have more bytes than this. */
    private final long mostBytes;
    private final List<String> warnings;

    private Source(
        Path file, InputStream in, long fileBytes, long mostBytes, List<String> warnings) {
      this.file = file;
      this.in = in;
      this.fileBytes = fileBytes;
      this.mostBytes = mostBytes;
      this.warnings = warnings;
    }

    static Source open(Path file) throws IOException {
      if (Files.isDirectory(file)) {
        throw FiduciaException.badInput(
            "expected a file, found a folder", file, "", "name the image file itself");
      }
      long size = Files.size(file);
      boolean zipped = isZipped(file);
      if (hasExtension(file, ".gz") && !zipped) {
        throw FiduciaException.badInput(
            size == 0 ? "the file is empty" : "the file is named .gz but is not compressed by gzip",
            file,
            "expected the bytes 1f 8b at its start",
            size == 0 ? "copy it again from its source" : "rename it without .gz if it is plain");
      }
      InputStream raw = Files.newInputStream(file);
      if (!zipped) {
        return new Source(file, raw, size, size, List.of());
      }
      List<String> warnings = hasExtension(file, ".gz")
          ? List.of()
          : List.of("the file is compressed by gzip although its name does not end in .gz");
      try {
        return new Source(
            file, new GZIPInputStream(raw, 1 << 17), size, size * MOST_INFLATION, warnings);
      } catch (IOException e) {
        raw.close();
        throw e;
      }
    }

    private static boolean isZipped(Path file) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        byte[] magic = in.readNBytes(2);
        return magic.length == 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private static boolean hasExtension(Path file, String extension) {
    String name = name(file);
    return name.endsWith(extension) || name.endsWith(extension + ".gz");
  }

  private static boolean isVoxelFile(Path file) {
    return hasExtension(file, ".img");
  }

  private static String name(Path file) {
    return file.toString().toLowerCase(Locale.ROOT);
  }

  /** The other file of a pair, compressed or not, in the case of the given name or in lower case. */
  private static Path partner(Path file, String own, String other) {
    String name = String.valueOf(file.getFileName());
    boolean zipped = name(file).endsWith(".gz");
    String stem = name.substring(0, name.length() - own.length() - (zipped ? 3 : 0));
    boolean upper = name.startsWith(own.toUpperCase(Locale.ROOT), stem.length());
    String first = zipped ? ".gz" : "";
    String second = zipped ? "" : ".gz";
    List<String> endings = new ArrayList<>();
    if (upper) {
      endings.add((other + first).toUpperCase(Locale.ROOT));
      endings.add((other + second).toUpperCase(Locale.ROOT));
    }
    endings.add(other + first);
    endings.add(other + second);
    for (String ending : endings) {
      Path candidate = file.resolveSibling(stem + ending);
      if (Files.isRegularFile(candidate)) {
        return candidate;
      }
    }
    if (!Files.exists(file)) {
      throw FiduciaException.badInput("the file does not exist", file, "", "check the path");
    }
    throw FiduciaException.badInput(
        "the other file of the NIfTI pair is missing",
        file,
        "expected " + stem + other + " or " + stem + other + ".gz beside it",
        "put both files into one folder");
  }
}
