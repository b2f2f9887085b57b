package io.fiducia.torch.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes stored zip records as torch does: each record's data starts at a multiple of 64 bytes, made
 * so by an extra field "FB", and its checksum follows it. Zip64 fields appear past 4 GiB.
 */
final class ZipWriter {
  private static final int ALIGNMENT = 64;
  private static final int FLAGS = 0x0808;
  private static final long MAX32 = 0xffffffffL;

  private final OutputStream out;
  private final long wideFrom;
  private final List<Written> records = new ArrayList<>();
  private long position;

  private record Written(byte[] name, long header, long size, long crc) {}

  ZipWriter(OutputStream out) {
    this(out, MAX32);
  }

  /** For tests: offsets and sizes from {@code wideFrom} on are written as zip64. */
  ZipWriter(OutputStream out, long wideFrom) {
    this.out = out;
    this.wideFrom = wideFrom;
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes one record; its content is under 2 GiB, as every buffer is. */
  void add(String name, ByteBuffer content) throws IOException {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    long header = position;
    long unpadded = position + 30 + nameBytes.length + 4;
    int padding = (int) ((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT);
    ByteBuffer local = buffer(30 + nameBytes.length + 4 + padding);
    local.putInt(ZipDirectory.LOCAL_HEADER).putShort((short) 0).putShort((short) FLAGS);
    local.position(26).putShort((short) nameBytes.length).putShort((short) (4 + padding));
    local.put(nameBytes).put((byte) 'F').put((byte) 'B').putShort((short) padding);
    Arrays.fill(local.array(), local.position(), local.capacity(), (byte) 'Z');
    write(local.array());
    CRC32 crc = new CRC32();
    ByteBuffer data = content.duplicate();
    long size = data.remaining();
    byte[] chunk = new byte[(int) Math.min(1 << 16, Math.max(1, size))];
    while (data.hasRemaining()) {
      int n = Math.min(chunk.length, data.remaining());
      data.get(chunk, 0, n);
      crc.update(chunk, 0, n);
      out.write(chunk, 0, n);
    }
    position += size;
    write(
        buffer(16).putInt(0x08074b50).putInt((int) crc.getValue()).putInt((int) size)
            .putInt((int) size).array());
    records.add(new Written(nameBytes, header, size, crc.getValue()));
  }

  /** Writes the directory. */
  void finish() throws IOException {
    long start = position;
    for (Written r : records) {
      boolean wide = r.header() >= wideFrom;
      ByteBuffer central = buffer(46 + r.name().length + (wide ? 12 : 0));
      central.putInt(0x02014b50).putShort((short) 0).putShort((short) (wide ? 45 : 0))
          .putShort((short) FLAGS);
      central.position(16).putInt((int) r.crc()).putInt((int) r.size()).putInt((int) r.size())
          .putShort((short) r.name().length).putShort((short) (wide ? 12 : 0));
      central.position(42).putInt((int) (wide ? MAX32 : r.header())).put(r.name());
      if (wide) {
        central.putShort((short) 1).putShort((short) 8).putLong(r.header());
      }
      write(central.array());
    }
    long size = position - start;
    boolean wide = start >= wideFrom || size >= wideFrom || records.size() >= 0xffff;
    if (wide) {
      long at = position;
      write(
          buffer(56).putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45)
              .putInt(0).putInt(0).putLong(records.size()).putLong(records.size()).putLong(size)
              .putLong(start).array());
      write(buffer(20).putInt(0x07064b50).putInt(0).putLong(at).putInt(1).array());
    }
    short count = (short) (wide ? 0xffff : records.size());
    write(
        buffer(22).putInt(ZipDirectory.END).putInt(0).putShort(count).putShort(count)
            .putInt((int) (wide ? MAX32 : size)).putInt((int) (wide ? MAX32 : start))
            .putShort((short) 0).array());
  }
}
