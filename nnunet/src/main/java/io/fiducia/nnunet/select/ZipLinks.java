package io.fiducia.nnunet.select;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds symbolic links and other special files in a zip file. The JDK's reader does not tell them from
 * plain files: their kind stands in the external attributes of the central directory, where Unix keeps
 * a file's mode in the upper 16 bits (APPNOTE 4.4.2 and 4.4.15).
 */
final class ZipLinks {
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int ENTRY = 0x02014b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int END_64_BYTES = 56;
  private static final int ENTRY_BYTES = 46;
  private static final int MAX_COMMENT = 0xffff;
  private static final int UNIX = 3;
  private static final int MACOS = 19;
  private static final int KIND = 0xf000;
  private static final int FOLDER = 0x4000;
  private static final int FILE = 0x8000;

  private ZipLinks() {}

  /**
   * The name of the first entry that is neither a plain file nor a folder.
   *
   * @param zip a file that the JDK's reader accepts
   */
  static Optional<String> first(Path zip) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(zip.toFile(), "r")) {
      int tail = (int) Math.min(file.length(), MAX_COMMENT + END_BYTES + LOCATOR_BYTES);
      ByteBuffer end = read(file, file.length() - tail, tail);
      int at = tail - END_BYTES;
      while (at >= 0 && end.getInt(at) != END) {
        at--;
      }
      if (at < 0) {
        return Optional.empty();
      }
      long size = Integer.toUnsignedLong(end.getInt(at + 12));
      long directoryEnd = file.length() - tail + at;
      if (at >= LOCATOR_BYTES && end.getInt(at - LOCATOR_BYTES) == LOCATOR_64) {
        directoryEnd -= LOCATOR_BYTES + END_64_BYTES;
        ByteBuffer large = read(file, directoryEnd, END_64_BYTES);
        size = large.getInt(0) == END_64 ? large.getLong(40) : 0;
      }
      // What lies before the zip, as in a self-extracting file, shifts all offsets.
      return size < 0 || size > Integer.MAX_VALUE || size > directoryEnd
          ? Optional.empty()
          : first(read(file, directoryEnd - size, (int) size));
    }
  }

  private static Optional<String> first(ByteBuffer directory) {
    int at = 0;
    while (at + ENTRY_BYTES <= directory.capacity() && directory.getInt(at) == ENTRY) {
      int system = Byte.toUnsignedInt(directory.get(at + 5));
      int name = Short.toUnsignedInt(directory.getShort(at + 28));
      int kind = directory.getInt(at + 38) >>> 16 & KIND;
      if ((system == UNIX || system == MACOS) && kind != 0 && kind != FILE && kind != FOLDER) {
        byte[] text = new byte[Math.min(name, directory.capacity() - at - ENTRY_BYTES)];
        directory.get(at + ENTRY_BYTES, text);
        return Optional.of(new String(text, StandardCharsets.UTF_8));
      }
      at += ENTRY_BYTES + name + Short.toUnsignedInt(directory.getShort(at + 30))
          + Short.toUnsignedInt(directory.getShort(at + 32));
    }
    return Optional.empty();
  }

  private static ByteBuffer read(RandomAccessFile file, long from, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    file.seek(from);
    file.readFully(content);
    return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }
}
