package io.fiducia.nifti;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes one gzip member whose content is mostly zeros. Long stretches of zeros are written from
 * blocks that were compressed once, so that they cost little more than copying a few bytes. Like the
 * members of {@link ParallelGzip}, this one has no name, no time and no comment.
 */
final class SparseGzip implements ZeroRuns {
  /** The smallest and the largest compressed block of zeros, as powers of two. */
  private static final int SMALLEST = 12;
  private static final int LARGEST = 20;

  /** Blocks of zeros of 2^12 to 2^20 bytes, compressed; made once for many files. */
  static final class Zeros {
    private final byte[] plain = new byte[1 << LARGEST];
    private final byte[][] compressed = new byte[LARGEST - SMALLEST + 1][];

    Zeros() {
      Deflater deflater = new Deflater(9, true);
      byte[] buffer = new byte[1 << 14];
      for (int i = 0; i < compressed.length; i++) {
        deflater.reset();
        deflater.setInput(plain, 0, 1 << SMALLEST + i);
        int n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        compressed[i] = Arrays.copyOf(buffer, n);
      }
      deflater.end();
    }
  }

  private final OutputStream out;
  private final Zeros zeros;
  private final int level;
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[1 << 16];
  private long length;
  /** Zeros that are not written yet. */
  private long pending;

  private SparseGzip(OutputStream out, Zeros zeros, int level) {
    this.out = out;
    this.zeros = zeros;
    this.level = level;
  }

  /** Content that is written piece by piece. */
  @FunctionalInterface
  interface Content {
    void writeTo(ZeroRuns out) throws IOException;
  }

  /** Writes a whole member, compressed at a level from 1 to 9. */
  static void write(OutputStream out, Zeros zeros, int level, Content content) throws IOException {
    SparseGzip gzip = new SparseGzip(out, zeros, level);
    out.write(ParallelGzip.HEAD);
    content.writeTo(gzip);
    gzip.flushZeros(0);
    ParallelGzip.writeEnd(out, gzip.crc.getValue(), gzip.length);
  }

  @Override
  public void zeros(long count) {
    pending += count;
  }

  @Override
  public void bytes(byte[] bytes, int from, int count) throws IOException {
    if (count == 0) {
      return;
    }
    int rest = (int) (pending & (1 << SMALLEST) - 1);
    flushZeros(rest);
    byte[] piece = new byte[rest + count];
    System.arraycopy(bytes, from, piece, rest, count);
    pending = 0;
    deflate(piece, piece.length);
  }

  /** Writes all pending zeros but {@code keep}. */
  private void flushZeros(int keep) throws IOException {
    long count = pending - keep;
    while (count >= 1 << SMALLEST) {
      int power = Math.min(LARGEST, 63 - Long.numberOfLeadingZeros(count));
      out.write(zeros.compressed[power - SMALLEST]);
      count -= 1L << power;
      crc.update(zeros.plain, 0, 1 << power);
      length += 1L << power;
    }
    if (count > 0) {
      deflate(zeros.plain, (int) count);
    }
    pending = keep;
  }

  private void deflate(byte[] bytes, int count) throws IOException {
    crc.update(bytes, 0, count);
    length += count;
    Deflater deflater = new Deflater(level, true);
    try {
      deflater.setInput(bytes, 0, count);
      int n;
      do {
        n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        out.write(buffer, 0, n);
      } while (n == buffer.length);
    } finally {
      deflater.end();
    }
  }
}
