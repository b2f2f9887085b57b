package io.fiducia.torch.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** torch's zip format: PREFIX/data.pkl and PREFIX/data/KEY, with version and byte order beside. */
final class ZipCheckpoint {
  private static final int MAX_PICKLE = 256 << 20;

  private final FileSource file;
  private final ZipDirectory zip;
  private final String prefix;
  private final Map<String, Storage> opened = new HashMap<>();

  private ZipCheckpoint(FileSource file) {
    this.file = file;
    this.zip = new ZipDirectory(file);
    List<String> pickles = zip.entries().keySet().stream()
        .filter(n -> n.endsWith("/data.pkl") && n.indexOf('/') == n.lastIndexOf('/')).toList();
    if (pickles.size() != 1) {
      throw Refusal.of(
          file.path(),
          "",
          "a zip archive with " + pickles.size() + " records FOLDER/data.pkl; torch writes one");
    }
    this.prefix = pickles.get(0).substring(0, pickles.get(0).length() - "data.pkl".length());
    if (zip.entries().containsKey(prefix + "constants.pkl")) {
      throw Refusal.of(
          file.path(),
          "",
          "it is a TorchScript program, not a checkpoint; nothing was run",
          "open it in Python and save its state_dict alone");
    }
  }

  static Checkpoint read(FileSource file) {
    return new ZipCheckpoint(file).read();
  }

  private Checkpoint read() {
    checkVersion();
    boolean bigEndian = isBigEndian();
    ZipDirectory.Entry pickle = zip.entries().get(prefix + "data.pkl");
    if (pickle.size() > MAX_PICKLE) {
      throw Refusal.of(file.path(), "data.pkl", "it has " + pickle.size() + " bytes");
    }
    Storage content = zip.open(pickle);
    zip.verify(pickle, content);
    PickleInput in = new PickleInput(file, "data.pkl", content, 0, content.size());
    Object root = new PickleMachine(in, this::storage, bigEndian).read();
    if (in.remaining() > 0) {
      throw Refusal.of(
          file.path(), "data.pkl byte " + in.position(), in.remaining() + " bytes follow the end");
    }
    return new Checkpoint(file.path(), "pth-zip", root, file.size());
  }

  private Optional<String> small(String name) {
    ZipDirectory.Entry entry = zip.entries().get(prefix + name);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.size() > 64) {
      throw Refusal.of(file.path(), name, "it has " + entry.size() + " bytes");
    }
    Storage content = zip.open(entry);
    zip.verify(entry, content);
    ByteBuffer bytes = ByteBuffer.allocate((int) entry.size());
    content.read(0, bytes);
    return Optional.of(new String(bytes.array(), StandardCharsets.ISO_8859_1).strip());
  }

  private void checkVersion() {
    String version = small("version").orElse("3");
    if (!version.matches("[1-9]|10")) {
      throw Refusal.of(
          file.path(),
          "version",
          "format version " + Refusal.quote(version) + "; 1 to 10 are read",
          "save it again with torch 2.10 or older");
    }
  }

  private boolean isBigEndian() {
    String order = small("byteorder").orElse("little");
    return switch (order) {
      case "little" -> false;
      case "big" -> true;
      default -> throw Refusal.of(
          file.path(),
          "byteorder",
          "byte order " + Refusal.quote(order) + "; little or big is needed");
    };
  }

  private PickleCalls.TypedStorage storage(
      PickleGlobals.StorageType type, String key, long elements, Object view) {
    if (view != PyNone.NONE) {
      throw new PickleMachine.Refused("a view of a storage, which only the older format has");
    }
    ZipDirectory.Entry entry = zip.entries().get(prefix + "data/" + key);
    if (entry == null) {
      throw new PickleMachine.Refused(
          "storage " + Refusal.quote(key) + " has no record in the archive");
    }
    int width = type.dtype().map(StoredType::bytes).orElse(1);
    if (entry.size() % width != 0 || entry.size() / width != elements) {
      throw new PickleMachine.Refused(
          "storage " + Refusal.quote(key) + " should have " + elements + " elements of " + width
              + " bytes but its record has " + entry.size() + " bytes");
    }
    Storage storage = opened.get(key);
    if (storage == null) {
      storage = zip.open(entry);
      zip.verify(entry, storage);
      opened.put(key, storage);
    }
    return new PickleCalls.TypedStorage(storage, type.dtype(), 0, entry.size());
  }
}
