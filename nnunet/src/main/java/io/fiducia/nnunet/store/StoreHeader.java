package io.fiducia.nnunet.store;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.Grids;
import io.fiducia.nnunet.cases.PreprocessedCase;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The beginning of a stored case and the layout that follows from it. Little-endian throughout:
 *
 * <pre>
 * 0   8 bytes  magic
 * 8   int32    version
 * 12  int32    length of the header text
 * 16  uint32   CRC-32 of the header text
 * 20  int32    0
 * 24  int64    length of the file
 * 32           header text, JSON in UTF-8
 * then, each at a multiple of 64: class locations (int32 z, y, x), seg (int16), channels (float32)
 * </pre>
 *
 * @param inputs fingerprint of plans and input files, for resuming
 * @param shape (z, y, x)
 * @param properties without class locations, which lie in the body
 */
public record StoreHeader(
    String id,
    String inputs,
    List<Integer> shape,
    int channels,
    List<ClassCount> classes,
    CaseProperties properties) {
  public static final int VERSION = 1;
  static final int FIXED_BYTES = 32;
  private static final byte[] MAGIC = "FIDCASE\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_TEXT_BYTES = 1 << 26;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A class and how many locations of it are stored. */
  record ClassCount(List<Integer> labels, boolean region, int count) {}

  static StoreHeader of(PreprocessedCase c, String inputs) {
    CaseProperties p = c.properties();
    CaseProperties withoutLocations = new CaseProperties(
        p.reader(), p.spacingMm(), p.transposeForward(), p.shapeBeforeCropping(), p.bounds(),
        p.shapeAfterCropping(), p.targetSpacingMm(), p.arrayGeometry(), p.fileGeometry(),
        p.fileDimensions(), ClassLocations.none());
    List<ClassCount> classes = p.classLocations().classes().stream()
        .map(e -> new ClassCount(e.labels(), e.region(), e.count()))
        .toList();
    return new StoreHeader(
        c.id(), inputs, Grids.listOf(c.shape()), c.data().length, classes, withoutLocations);
  }

  byte[] text() {
    return JSON.writeValueAsBytes(this);
  }

  long voxels() {
    return (long) shape.get(0) * shape.get(1) * shape.get(2);
  }

  /** Where each part of the body begins. */
  record Layout(long locations, long seg, long data, long channelStride, long end) {}

  Layout layout(int textBytes) {
    long locations = align(FIXED_BYTES + (long) textBytes);
    long count = classes.stream().mapToLong(ClassCount::count).sum();
    long seg = align(locations + 12 * count);
    long data = align(seg + 2 * voxels());
    long stride = align(4 * voxels());
    return new Layout(locations, seg, data, stride, data + stride * channels);
  }

  private static long align(long offset) {
    return (offset + 63) & ~63L;
  }

  ByteBuffer fixedPart(byte[] text) {
    ByteBuffer fixed = ByteBuffer.allocate(FIXED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    fixed.put(MAGIC).putInt(VERSION).putInt(text.length).putInt((int) crc(text)).putInt(0);
    fixed.putLong(layout(text.length).end());
    return fixed.flip();
  }

  /** A header and the number of bytes of its text. */
  record Read(StoreHeader header, int textBytes) {}

  /**
   * Reads and checks the header.
   *
   * @throws FiduciaException BAD_INPUT for what is no stored case, is of a newer version, damaged
   *     or truncated
   */
  static Read read(FileChannel file, Path path) throws IOException {
    ByteBuffer fixed = fill(file, path, 0, FIXED_BYTES);
    byte[] magic = new byte[MAGIC.length];
    fixed.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw bad(path, "not a preprocessed case",
          "expected the file to begin with \"FIDCASE\", found bytes " + Arrays.toString(magic));
    }
    int version = fixed.getInt();
    if (version != VERSION) {
      throw bad(path, "preprocessed case of another version",
          "expected version " + VERSION + ", found " + version);
    }
    int length = fixed.getInt();
    int crc = fixed.getInt();
    fixed.getInt();
    long fileLength = fixed.getLong();
    if (length < 2 || length > MAX_TEXT_BYTES) {
      throw bad(path, "damaged header", "found a header of " + length + " bytes");
    }
    if (file.size() != fileLength) {
      throw bad(path, "truncated or overlong preprocessed case",
          "expected " + fileLength + " bytes, found " + file.size());
    }
    byte[] text = new byte[length];
    fill(file, path, FIXED_BYTES, length).get(text);
    if ((int) crc(text) != crc) {
      throw bad(path, "damaged header",
          String.format("expected CRC-32 %08x, found %08x", crc, (int) crc(text)));
    }
    StoreHeader header;
    try {
      header = JSON.readValue(text, StoreHeader.class);
    } catch (JacksonException e) {
      throw FiduciaException.badInput(
          "damaged header", path, e.getOriginalMessage(), advice(), e);
    }
    if (header.shape.size() != 3 || header.shape.stream().anyMatch(n -> n < 1)
        || header.channels < 1 || header.voxels() > Integer.MAX_VALUE
        || header.layout(length).end() != fileLength) {
      throw bad(path, "damaged header",
          "found " + header.channels + " channels of shape " + header.shape + " in " + fileLength
              + " bytes");
    }
    return new Read(header, length);
  }

  private static ByteBuffer fill(FileChannel file, Path path, long at, int bytes)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, at + buffer.position()) < 0) {
        throw FiduciaException.badInput(
            "truncated preprocessed case", path,
            "expected at least " + (at + bytes) + " bytes, found " + file.size(), advice(),
            new EOFException());
      }
    }
    return buffer.flip();
  }

  private static long crc(byte[] text) {
    CRC32 crc = new CRC32();
    crc.update(text);
    return crc.getValue();
  }

  private static FiduciaException bad(Path path, String what, String why) {
    return FiduciaException.badInput(what, path, why, advice());
  }

  private static String advice() {
    return "delete the file and preprocess again; other cases are kept";
  }
}
