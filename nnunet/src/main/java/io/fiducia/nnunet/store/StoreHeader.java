package io.fiducia.nnunet.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.Grids;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.cases.SourceGrid;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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
 * <p>The text's keys are written one by one: what earlier versions stored stays readable whatever the
 * records here become.
 *
 * @param id the case's name
 * @param inputs fingerprint of plans and input files, for resuming
 * @param arrays what lies in the body
 * @param properties without class locations, which lie in the body
 */
record StoreHeader(String id, String inputs, Arrays arrays, CaseProperties properties) {
  static final int FIXED_BYTES = 32;
  private static final byte[] MAGIC = "FIDCASE\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_TEXT_BYTES = 1 << 26;
  /** Writes the components of records alone: a method such as isOrthogonal is no part of the file. */
  private static final JsonMapper JSON = JsonMapper.builder()
      .changeDefaultVisibility(v -> v.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
      .build();
  private static final TypeReference<List<Integer>> INTEGERS = new TypeReference<>() {
  };
  private static final TypeReference<List<Double>> DOUBLES = new TypeReference<>() {
  };
  private static final TypeReference<List<List<Integer>>> BOUNDS = new TypeReference<>() {
  };
  private static final TypeReference<List<ClassCount>> CLASSES = new TypeReference<>() {
  };
  private static final TypeReference<Geometry> GEOMETRY = new TypeReference<>() {
  };

  /** A class and how many locations of it are stored. */
  record ClassCount(List<Integer> labels, boolean region, int count) {}

  /**
   * The arrays of the body.
   *
   * @param shape (z, y, x)
   * @param channels the number of image channels
   * @param classes in the order of their locations
   */
  record Arrays(List<Integer> shape, int channels, List<ClassCount> classes) {
    Arrays {
      shape = List.copyOf(shape);
      classes = List.copyOf(classes);
    }

    long voxels() {
      return (long) shape.get(0) * shape.get(1) * shape.get(2);
    }

    boolean isSound() {
      return shape.size() == 3 && shape.stream().allMatch(n -> n > 0) && channels > 0
          && voxels() <= Integer.MAX_VALUE;
    }
  }

  static StoreHeader of(PreprocessedCase c, String inputs) {
    List<ClassCount> classes = c.properties().classLocations().classes().stream()
        .map(e -> new ClassCount(e.labels(), e.region(), e.count()))
        .toList();
    return new StoreHeader(c.id(), inputs,
        new Arrays(Grids.listOf(c.shape()), c.data().length, classes),
        c.properties().with(ClassLocations.none()));
  }

  byte[] text() {
    ObjectNode tree = JSON.createObjectNode();
    tree.put("id", id);
    tree.put("inputs", inputs);
    tree.set("shape", JSON.valueToTree(arrays.shape()));
    tree.put("channels", arrays.channels());
    tree.set("classes", JSON.valueToTree(arrays.classes()));
    ObjectNode p = tree.putObject("properties");
    p.put("reader", properties.reader());
    p.set("spacingMm", JSON.valueToTree(properties.spacingMm()));
    p.set("transposeForward", JSON.valueToTree(properties.transposeForward()));
    p.set("shapeBeforeCropping", JSON.valueToTree(properties.shapeBeforeCropping()));
    p.set("bounds", JSON.valueToTree(properties.bounds()));
    p.set("shapeAfterCropping", JSON.valueToTree(properties.shapeAfterCropping()));
    p.set("targetSpacingMm", JSON.valueToTree(properties.targetSpacingMm()));
    p.set("arrayGeometry", JSON.valueToTree(properties.arrayGeometry()));
    p.set("fileGeometry", JSON.valueToTree(properties.fileGeometry()));
    p.put("fileDimensions", properties.fileDimensions());
    // Always empty, but earlier versions expect it.
    p.set("classLocations", JSON.valueToTree(properties.classLocations()));
    return JSON.writeValueAsBytes(tree);
  }

  /** The header whose {@link #text} this is. @throws JacksonException for a text of another form */
  static StoreHeader of(byte[] text) {
    JsonNode tree = JSON.readTree(text);
    JsonNode p = tree.required("properties");
    SourceGrid source = new SourceGrid(p.required("reader").stringValue(),
        value(p, "spacingMm", DOUBLES), value(p, "arrayGeometry", GEOMETRY),
        value(p, "fileGeometry", GEOMETRY), p.required("fileDimensions").intValue());
    CaseProperties.Crop crop = new CaseProperties.Crop(value(p, "shapeBeforeCropping", INTEGERS),
        value(p, "bounds", BOUNDS), value(p, "shapeAfterCropping", INTEGERS));
    return new StoreHeader(tree.required("id").stringValue(),
        tree.required("inputs").stringValue(),
        new Arrays(value(tree, "shape", INTEGERS), tree.required("channels").intValue(),
            value(tree, "classes", CLASSES)),
        new CaseProperties(source, value(p, "transposeForward", INTEGERS), crop,
            value(p, "targetSpacingMm", DOUBLES), ClassLocations.none()));
  }

  private static <T> T value(JsonNode node, String key, TypeReference<T> type) {
    return JSON.treeToValue(node.required(key), type);
  }

  /** Where each part of the body begins. */
  record Layout(long locations, long seg, long data, long channelStride, long end) {}

  Layout layout(int textBytes) {
    long locations = align(FIXED_BYTES + (long) textBytes);
    long count = arrays.classes().stream().mapToLong(ClassCount::count).sum();
    long seg = align(locations + 12 * count);
    long data = align(seg + 2 * arrays.voxels());
    long stride = align(4 * arrays.voxels());
    return new Layout(locations, seg, data, stride, data + stride * arrays.channels());
  }

  private static long align(long offset) {
    return (offset + 63) & ~63L;
  }

  ByteBuffer fixedPart(byte[] text) {
    ByteBuffer fixed = ByteBuffer.allocate(FIXED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    fixed.put(MAGIC).putInt(PreprocessedStore.FORMAT_VERSION).putInt(text.length)
        .putInt((int) crc(text)).putInt(0);
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
    if (!java.util.Arrays.equals(magic, MAGIC)) {
      throw bad(path, "not a preprocessed case",
          "expected the file to begin with \"FIDCASE\", found bytes "
              + java.util.Arrays.toString(magic));
    }
    int version = fixed.getInt();
    if (version != PreprocessedStore.FORMAT_VERSION) {
      throw bad(path, "preprocessed case of another version",
          "expected version " + PreprocessedStore.FORMAT_VERSION + ", found " + version);
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
          String.format(Locale.ROOT, "expected CRC-32 %08x, found %08x", crc, (int) crc(text)));
    }
    StoreHeader header;
    try {
      header = of(text);
    } catch (JacksonException | NullPointerException e) {
      // Lists of the domain hold no null, which a damaged header may.
      throw FiduciaException.badInput(
          "damaged header", path, String.valueOf(e.getMessage()), advice(), e);
    }
    if (!header.arrays.isSound() || header.layout(length).end() != fileLength) {
      throw bad(path, "damaged header", "found " + header.arrays.channels()
          + " channels of shape " + header.arrays.shape() + " in " + fileLength + " bytes");
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
