package io.fiducia.torch.checkpoint;

import java.nio.ByteBuffer;

/** A run of bytes that tensors look into; several tensors may share one. */
sealed interface Storage permits Storage.Heap, Storage.InFile {
  long size();

  /** Fills {@code target} from {@code offset}; the caller has checked the range. */
  void read(long offset, ByteBuffer target);

  /** Bytes in memory. */
  record Heap(ByteBuffer content) implements Storage {
    @Override
    public long size() {
      return content.limit();
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      target.put(content.slice((int) offset, target.remaining()));
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /**
   * Bytes of a file, read when asked for. They are read rather than mapped: a mapped file that
   * shrinks takes the whole process down, and on Windows it cannot be replaced while mapped.
   */
  final class InFile implements Storage {
    private final FileSource file;
    private final long size;
    private long start;

    InFile(FileSource file, long start, long size) {
      this.file = file;
      this.start = start;
      this.size = size;
    }

    /** The old format says where a storage lies only after the pickle that uses it. */
    void placeAt(long position) {
      start = position;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      file.read(start + offset, target);
    }
  }
}
