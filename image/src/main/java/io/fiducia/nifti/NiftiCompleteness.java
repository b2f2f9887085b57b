package io.fiducia.nifti;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * Finds files that an interrupted program left empty or cut off, without decoding every voxel. Damage
 * in the middle of a file is not looked for.
 */
public final class NiftiCompleteness {
  private NiftiCompleteness() {}

  /**
   * Whether a .nii or .nii.gz file holds as many bytes as its header promises. A compressed file
   * states its inflated length in its last four bytes; only if that does not fit, as in a file of
   * several gzip members, the whole file is inflated.
   */
  public static boolean isWhole(Path file) {
    try {
      boolean zipped = startsAsGzip(file);
      NiftiHeader header;
      try (InputStream in = open(file, zipped)) {
        header = header(in, file.toString());
      }
      long expected = Math.addExact(header.voxelOffset(),
          Math.multiplyExact(header.channelBytes(), (long) header.channels()));
      if (!zipped) {
        return Files.size(file) >= expected;
      }
      return statedLength(file) == (expected & 0xffffffffL) || inflatedLength(file) >= expected;
    } catch (IOException | FiduciaException | ArithmeticException e) {
      return false;
    }
  }

  private static boolean startsAsGzip(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(2), new byte[]{0x1f, (byte) 0x8b});
    }
  }

  private static InputStream open(Path file, boolean zipped) throws IOException {
    InputStream raw = Files.newInputStream(file);
    if (!zipped) {
      return raw;
    }
    try {
      return new GZIPInputStream(raw, 1 << 16);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static NiftiHeader header(InputStream in, String where) throws IOException {
    byte[] start = in.readNBytes(NiftiHeaderParser.BYTES_1);
    int length = NiftiHeaderParser.length(start, where);
    byte[] whole = Arrays.copyOf(start, Math.max(length, start.length));
    in.readNBytes(whole, start.length, whole.length - start.length);
    return NiftiHeaderParser.parse(whole, where);
  }

  private static long statedLength(Path file) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(last, Math.max(0, channel.size() - 4));
    }
    return last.hasRemaining() ? -1 : Integer.toUnsignedLong(last.getInt(0));
  }

  private static long inflatedLength(Path file) throws IOException {
    try (InputStream in = open(file, true)) {
      return in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
