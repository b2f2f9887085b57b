package io.fiducia.nifti;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes one gzip member, compressed in pieces on all cores. The member has no name, no time and no
 * comment, and its bytes do not depend on the number of threads. The pieces are cut at fixed places,
 * end on byte boundaries (Z_SYNC_FLUSH) and see the 32 KiB before them as dictionary, as pigz does.
 */
final class ParallelGzip {
  private static final int PIECE = 1 << 20;
  private static final int WINDOW = 1 << 15;
  private static final int PIECES_AT_ONCE = 64;

  /** The start of a member: ID, deflate, no flags, no time, no hint, unknown operating system. */
  static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private ParallelGzip() {}

  private record Piece(byte[] bytes, int from, int end) {}

  /** Writes the parts, one after the other, as one stream compressed at a level from 1 to 9. */
  static void write(OutputStream out, List<byte[]> parts, int level) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    CRC32 crc = new CRC32();
    long length = 0;
    for (byte[] part : parts) {
      crc.update(part);
      length += part.length;
      for (int from = 0; from < part.length; from += Math.min(PIECE, part.length - from)) {
        pieces.add(new Piece(part, from, from + Math.min(PIECE, part.length - from)));
      }
    }
    out.write(HEAD);
    for (int from = 0; from < pieces.size(); from += PIECES_AT_ONCE) {
      List<Piece> batch = pieces.subList(from, Math.min(pieces.size(), from + PIECES_AT_ONCE));
      List<byte[]> compressed = IntStream.range(0, batch.size()).parallel()
          .mapToObj(i -> deflate(batch.get(i), level)).toList();
      for (byte[] bytes : compressed) {
        out.write(bytes);
      }
    }
    writeEnd(out, crc.getValue(), length);
  }

  /** Ends a member: an empty last block, then CRC and length of what was compressed. */
  static void writeEnd(OutputStream out, long crc, long length) throws IOException {
    out.write(new byte[]{3, 0});
    writeInt(out, crc);
    writeInt(out, length);
  }

  private static byte[] deflate(Piece piece, int level) {
    Deflater deflater = new Deflater(level, true);
    try {
      int window = Math.min(WINDOW, piece.from);
      if (window > 0) {
        deflater.setDictionary(piece.bytes, piece.from - window, window);
      }
      deflater.setInput(piece.bytes, piece.from, piece.end - piece.from);
      ByteArrayOutputStream result = new ByteArrayOutputStream((piece.end - piece.from) / 2 + 64);
      byte[] buffer = new byte[1 << 16];
      int n;
      do {
        n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        result.write(buffer, 0, n);
      } while (n == buffer.length);
      return result.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void writeInt(OutputStream out, long value) throws IOException {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write((int) (value >>> shift) & 0xff);
    }
  }
}
