package io.fiducia.torch.checkpoint;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * torch's format before 1.6: five pickles (magic number, version, machine, the value, storage keys),
 * then each storage as a 64-bit count and its elements, always little-endian.
 */
final class LegacyCheckpoint {
  private static final BigInteger MAGIC = new BigInteger("119547037146038801333356");
  private static final int MAX_PICKLE = 256 << 20;

  private final FileSource file;
  private final Map<String, Placed> storages = new LinkedHashMap<>();
  private long position;

  /** A storage whose place is known only once all pickles are read. */
  private record Placed(Storage.InFile storage, int width, long elements) {}

  private LegacyCheckpoint(FileSource file) {
    this.file = file;
  }

  static Checkpoint read(FileSource file) {
    return new LegacyCheckpoint(file).read();
  }

  private Checkpoint read() {
    if (!MAGIC.equals(pickle("first pickle"))) {
      throw Refusal.of(
          file.path(),
          "byte 0",
          "it is a pickle but not one that torch.save made",
          "save it with torch.save; other pickles are not read");
    }
    Object version = pickle("version pickle");
    if (!Long.valueOf(1001).equals(version)) {
      throw Refusal.of(
          file.path(), "version pickle", "protocol " + Refusal.quote(version) + ", not 1001");
    }
    if (!(pickle("machine pickle") instanceof Map<?, ?>)) {
      throw Refusal.of(file.path(), "machine pickle", "it is not a dictionary");
    }
    Object root = pickle("value pickle");
    if (!(pickle("storage keys") instanceof List<?> keys)) {
      throw Refusal.of(file.path(), "storage keys", "they are not a list");
    }
    place(keys);
    return new Checkpoint(file.path(), "pth-legacy", root, file.size());
  }

  private Object pickle(String name) {
    long end = position + Math.min(MAX_PICKLE, file.size() - position);
    PickleInput in = new PickleInput(
        file, name, new Storage.InFile(file, 0, file.size()), position, end);
    Object value = new PickleMachine(in, this::storage, false).read();
    position = in.position();
    return value;
  }

  private PickleCalls.TypedStorage storage(
      PickleGlobals.StorageType type, String key, long elements, Object view) {
    int width = type.dtype().map(StoredType::bytes).orElse(1);
    if (elements > file.size() / width) {
      throw new PickleMachine.Refused(
          "storage " + Refusal.quote(key) + " should have " + elements + " elements of " + width
              + " bytes, more than the file");
    }
    Placed placed = storages.computeIfAbsent(
        key,
        k -> new Placed(new Storage.InFile(file, 0, elements * width), width, elements));
    if (placed.width() != width || placed.elements() != elements) {
      throw new PickleMachine.Refused(
          "storage " + Refusal.quote(key) + " is named with two sizes");
    }
    if (view == PyNone.NONE) {
      return new PickleCalls.TypedStorage(
          placed.storage(), type.dtype(), 0, placed.storage().size());
    }
    if (!(view instanceof PyTuple t && t.size() == 3 && t.get(1) instanceof Long offset
        && t.get(2) instanceof Long size && offset >= 0 && size >= 0 && offset <= elements
        && size <= elements - offset)) {
      throw new PickleMachine.Refused(
          "a view lies outside of storage " + Refusal.quote(key));
    }
    return new PickleCalls.TypedStorage(
        placed.storage(), type.dtype(), offset * width, size * width);
  }

  private void place(List<?> keys) {
    Set<Object> seen = new HashSet<>();
    for (Object key : keys) {
      String where = "storage " + Refusal.quote(key);
      Placed placed = key instanceof String s ? storages.get(s) : null;
      if (placed == null || !seen.add(key)) {
        throw Refusal.of(
            file.path(),
            where,
            placed == null ? "no tensor uses it, so its size is unknown" : "it is listed twice");
      }
      if (file.size() - position < 8) {
        throw Refusal.of(file.path(), where, "the file ends before it");
      }
      ByteBuffer count = ByteBuffer.wrap(file.read(position, 8)).order(ByteOrder.LITTLE_ENDIAN);
      position += 8;
      if (count.getLong(0) != placed.elements()) {
        throw Refusal.of(
            file.path(),
            where,
            "it has " + count.getLong(0) + " elements, " + placed.elements() + " were announced");
      }
      if (placed.storage().size() > file.size() - position) {
        throw Refusal.of(
            file.path(),
            where,
            "it needs " + placed.storage().size() + " bytes, " + (file.size() - position)
                + " are left");
      }
      placed.storage().placeAt(position);
      position += placed.storage().size();
    }
    if (seen.size() != storages.size()) {
      throw Refusal.of(file.path(), "storage keys", "a storage that a tensor uses is missing");
    }
  }
}
