package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads safetensors files, whose header must cover the data exactly: no hole, no overlap. */
public final class SafetensorsReader {
  private static final int MAX_HEADER = 100_000_000;
  private static final int MAX_AXES = 64;

  private final FileSource file;
  private final long dataStart;
  private final LinkedHashMap<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final LinkedHashMap<String, String> metadata = new LinkedHashMap<>();
  private final List<long[]> ranges = new ArrayList<>();

  private SafetensorsReader(FileSource file, long dataStart) {
    this.file = file;
    this.dataStart = dataStart;
  }

  /**
   * The file's tensors, with the text entries of {@code __metadata__} as metadata.
   *
   * @throws FiduciaException if the file cannot be read or breaks the format's rules
   */
  public static Checkpoint read(Path path) {
    return CheckpointReader.read(path);
  }

  static Checkpoint read(FileSource file) {
    long length = ByteBuffer.wrap(file.read(0, 8)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > MAX_HEADER || length > file.size() - 8) {
      throw Refusal.of(
          file.path(),
          "byte 0",
          "a header of " + length + " bytes in a file of " + file.size());
    }
    SafetensorsReader reader = new SafetensorsReader(file, 8 + length);
    try {
      Object header = StrictJson.parse(PickleMachine.decode(file.read(8, (int) length)));
      reader.read(header);
    } catch (CharacterCodingException e) {
      throw Refusal.of(file.path(), "header", "it is not UTF-8");
    } catch (StrictJson.Malformed e) {
      throw Refusal.of(file.path(), "header", e.getMessage());
    } catch (OutOfMemoryError e) {
      throw FiduciaException.outOfResources(
          "not enough memory for the checkpoint",
          file.path() + ", header",
          "it has " + length + " bytes",
          "give Java more memory with -Xmx", e);
    }
    OrderedState root = new OrderedState(reader.tensors);
    return new Checkpoint(file.path(), reader.tensors, reader.metadata, root);
  }

  private FiduciaException refuse(String name, String reason) {
    return Refusal.of(file.path(), "tensor " + Refusal.quote(name), reason);
  }

  private void read(Object header) {
    if (!(header instanceof Map<?, ?> entries)) {
      throw Refusal.of(file.path(), "header", "it is not an object");
    }
    entries.forEach((key, value) -> {
      String name = String.valueOf(key);
      if (name.equals("__metadata__")) {
        readMetadata(value);
      } else {
        tensors.put(name, tensor(name, value));
      }
    });
    ranges.sort(Comparator.<long[]>comparingLong(r -> r[0]).thenComparingLong(r -> r[1]));
    long at = 0;
    for (long[] range : ranges) {
      if (range[0] != at) {
        throw Refusal.of(
            file.path(),
            "header",
            range[0] < at
                ? "two tensors overlap at byte " + range[0]
                : "no tensor uses the bytes " + at + " to " + range[0]);
      }
      at = range[1];
    }
    if (at != file.size() - dataStart) {
      throw Refusal.of(
          file.path(),
          "header",
          "the tensors use " + at + " bytes, the file holds " + (file.size() - dataStart));
    }
  }

  private void readMetadata(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw Refusal.of(file.path(), "__metadata__", "it is not an object");
    }
    map.forEach((k, v) -> {
      if (!(v instanceof String text)) {
        throw Refusal.of(
            file.path(), "__metadata__ " + Refusal.quote(k), "its value is not text");
      }
      metadata.put(String.valueOf(k), text);
    });
  }

  private StoredTensor tensor(String name, Object value) {
    if (!(value instanceof Map<?, ?> map
        && map.keySet().equals(Set.of("dtype", "shape", "data_offsets"))
        && map.get("dtype") instanceof String typeName && map.get("shape") instanceof List<?> sizes
        && map.get("data_offsets") instanceof List<?> offsets && offsets.size() == 2
        && offsets.get(0) instanceof Long begin && offsets.get(1) instanceof Long end)) {
      throw refuse(name, "it needs dtype, shape and two data_offsets, and nothing else");
    }
    StoredType dtype = StoredType.ofSafetensors(typeName).orElseThrow(
        () -> refuse(name, "the type " + Refusal.quote(typeName) + " is not known"));
    if (sizes.size() > MAX_AXES) {
      throw refuse(name, "it has " + sizes.size() + " axes");
    }
    long[] shape = new long[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      if (!(sizes.get(i) instanceof Long size) || size < 0) {
        throw refuse(name, "its shape holds " + Refusal.quote(sizes.get(i)));
      }
      shape[i] = size;
    }
    if (begin < 0 || end < begin || end > file.size() - dataStart) {
      throw refuse(name, "its bytes " + begin + " to " + end + " lie outside of the file");
    }
    try {
      long needed = Math.multiplyExact(StoredTensor.countOf(shape), dtype.bytes());
      if (needed != end - begin) {
        throw refuse(name, "its shape needs " + needed + " bytes, it has " + (end - begin));
      }
    } catch (ArithmeticException e) {
      throw refuse(name, "its shape is too large for any file");
    }
    ranges.add(new long[]{begin, end});
    return new StoredTensor(
        dtype,
        shape,
        StoredTensor.contiguousStrides(shape),
        new Storage.InFile(file, dataStart + begin, end - begin),
        0,
        false);
  }
}
