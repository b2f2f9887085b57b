package io.fiducia.nnunet.store;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.FolderListing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A folder of preprocessed cases in our own format, one file {@code CASE.fcase} each, made to be
 * mapped into memory: patches are read from disk as they are needed, so a dataset need not fit in
 * memory. The layout stands at {@code StoreHeader}.
 */
public final class PreprocessedStore {
  /** How the files' names end. */
  public static final String ENDING = ".fcase";
  /** The version of the files' format; files of another one are refused. */
  public static final int FORMAT_VERSION = 1;
  private static final int BUFFER_BYTES = 1 << 20;
  private final Path folder;

  /** A store in a folder, which is made when the first case is written. */
  public PreprocessedStore(Path folder) {
    this.folder = folder;
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /**
   * The file of a case, whether it exists or not.
   *
   * @throws FiduciaException BAD_INPUT for a name that is no file's name
   */
  public Path file(String id) {
    return folder.resolve(FileNames.check(id, folder) + ENDING);
  }

  /** Names of all cases, sorted; empty where there is no folder. */
  public List<String> ids() {
    return FolderListing.stems(folder, ENDING);
  }

  /**
   * Opens a case.
   *
   * @throws FiduciaException BAD_INPUT where the file is absent, damaged or of another version
   */
  public StoredCase open(String id) {
    return StoredCase.open(file(id));
  }

  /** The inputs' fingerprint of a stored case; empty if there is none that could be opened. */
  public Optional<String> inputsOf(String id) {
    Path path = file(id);
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return Optional.of(StoreHeader.read(channel, path).header().inputs());
    } catch (IOException | FiduciaException e) {
      // A damaged file is written again.
      return Optional.empty();
    }
  }

  /** Writes a case; the file appears whole or not at all. */
  public void write(PreprocessedCase c, String inputs) {
    StoreHeader header = StoreHeader.of(c, inputs);
    byte[] text = header.text();
    StoreHeader.Layout layout = header.layout(text.length);
    AtomicFiles.writeFile(file(c.id()), path -> {
      try (FileChannel out = FileChannel.open(
          path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        writeAll(out, 0, header.fixedPart(text));
        writeAll(out, StoreHeader.FIXED_BYTES, ByteBuffer.wrap(text));
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long at = layout.locations();
        for (ClassLocations.Entry entry : c.properties().classLocations().classes()) {
          write(out, at, entry.zyx().length, Integer.BYTES, buffer,
              (i, n) -> buffer.asIntBuffer().put(entry.zyx(), i, n));
          at += 4L * entry.zyx().length;
        }
        write(out, layout.seg(), c.seg().length, Short.BYTES, buffer,
            (i, n) -> buffer.asShortBuffer().put(c.seg(), i, n));
        for (int i = 0; i < c.data().length; i++) {
          float[] channel = c.data()[i];
          write(out, layout.data() + i * layout.channelStride(), channel.length, Float.BYTES,
              buffer,
              (k, n) -> buffer.asFloatBuffer().put(channel, k, n));
        }
        if (out.size() < layout.end()) {
          writeAll(out, layout.end() - 1, ByteBuffer.allocate(1));
        }
        out.force(true);
      }
    });
  }

  /** Puts values into a buffer, so many from an index on. */
  private interface Values {
    void put(int index, int count);
  }

  private static void write(FileChannel out, long at, int count, int itemBytes, ByteBuffer buffer,
      Values values) throws IOException {
    int most = buffer.capacity() / itemBytes;
    for (int i = 0; i < count; i += Math.min(most, count - i)) {
      int n = Math.min(most, count - i);
      buffer.clear();
      values.put(i, n);
      writeAll(out, at + (long) itemBytes * i, buffer.limit(itemBytes * n));
    }
  }

  private static void writeAll(FileChannel out, long at, ByteBuffer buffer) throws IOException {
    long position = at;
    while (buffer.hasRemaining()) {
      position += out.write(buffer, position);
    }
  }
}
