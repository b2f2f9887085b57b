package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Bytes of a pickle, read in order; a length is believed only once that many bytes are there. */
final class PickleInput {
  private static final int WINDOW = 1 << 16;

  private final Storage source;
  private final String name;
  private final FileSource file;
  private final long end;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;

  PickleInput(FileSource file, String name, Storage source, long start, long end) {
    this.file = file;
    this.name = name;
    this.source = source;
    this.windowStart = start;
    this.end = end;
  }

  FileSource file() {
    return file;
  }

  String name() {
    return name;
  }

  long position() {
    return windowStart + window.position();
  }

  long remaining() {
    return end - position();
  }

  private FiduciaException tooShort(long wanted) {
    return Refusal.of(
        file.path(),
        name + " byte " + position(),
        wanted + " more bytes are announced but " + remaining() + " are left");
  }

  private void need(int bytes) {
    if (window.remaining() >= bytes) {
      return;
    }
    if (remaining() < bytes) {
      throw tooShort(bytes);
    }
    windowStart = position();
    window = ByteBuffer.allocate((int) Math.min(Math.max(WINDOW, bytes), end - windowStart))
        .order(ByteOrder.LITTLE_ENDIAN);
    source.read(windowStart, window);
    window.flip();
  }

  int u1() {
    need(1);
    return window.get() & 0xff;
  }

  int u2() {
    need(2);
    return window.getShort() & 0xffff;
  }

  int i4() {
    need(4);
    return window.getInt();
  }

  long u4() {
    return Integer.toUnsignedLong(i4());
  }

  long i8() {
    need(8);
    return window.getLong();
  }

  double bigEndianDouble() {
    need(8);
    return Double.longBitsToDouble(Long.reverseBytes(window.getLong()));
  }

  /** Reads {@code length} bytes, refusing before it allocates if they are not there. */
  byte[] bytes(long length, int limit) {
    if (length < 0 || length > remaining()) {
      throw tooShort(length);
    }
    if (length > limit) {
      throw Refusal.of(
          file.path(),
          name + " byte " + position(),
          "a value of " + length + " bytes; at most " + limit + " are taken");
    }
    byte[] out = new byte[(int) length];
    if (length <= WINDOW) {
      need(out.length);
      window.get(out);
    } else {
      long at = position();
      source.read(at, ByteBuffer.wrap(out));
      windowStart = at + length;
      window = ByteBuffer.allocate(0);
    }
    return out;
  }

  /** Reads text up to a line feed, at most {@code limit} bytes. */
  byte[] line(int limit) {
    byte[] buffer = new byte[limit];
    for (int n = 0; n < limit; n++) {
      int b = u1();
      if (b == '\n') {
        return java.util.Arrays.copyOf(buffer, n);
      }
      buffer[n] = (byte) b;
    }
    throw Refusal.of(
        file.path(), name + " byte " + position(), "a name of over " + limit + " bytes");
  }
}
