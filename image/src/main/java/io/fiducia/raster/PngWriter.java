package io.fiducia.raster;

import io.fiducia.base.AtomicFiles;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes colour pictures as PNG (8 bits per colour, RFC 2083) without AWT, which some servers do not
 * have. Equal pictures give equal bytes; the file holds nothing but the picture.
 */
public final class PngWriter {
  private static final byte[] SIGNATURE = {
    (byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'
  };

  private PngWriter() {}

  /**
   * Writes a picture, whole or not at all.
   *
   * @param rgb 0xRRGGBB, row by row from the top
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if the place cannot be written;
   *     OUT_OF_RESOURCES if the disk is full
   */
  public static void write(Path file, int width, int height, int[] rgb) {
    if (width < 1 || height < 1 || rgb.length != width * height) {
      throw new IllegalArgumentException(rgb.length + " pixels for " + width + "x" + height);
    }
    AtomicFiles.write(file, out -> {
      out.write(SIGNATURE);
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      DataOutputStream fields = new DataOutputStream(head);
      fields.writeInt(width);
      fields.writeInt(height);
      // 8 bits, RGB, deflate, adaptive filters, not interlaced.
      fields.write(new byte[]{8, 2, 0, 0, 0});
      chunk(out, "IHDR", head.toByteArray());
      chunk(out, "IDAT", compressed(width, height, rgb));
      chunk(out, "IEND", new byte[0]);
    });
  }

  private static byte[] compressed(int width, int height, int[] rgb) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(6);
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater, 1 << 14)) {
      byte[] above = new byte[3 * width];
      byte[] row = new byte[3 * width];
      byte[] filtered = new byte[3 * width];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int colour = rgb[y * width + x];
          row[3 * x] = (byte) (colour >> 16);
          row[3 * x + 1] = (byte) (colour >> 8);
          row[3 * x + 2] = (byte) colour;
        }
        // Filter 2 (difference to the row above): surfaces change slowly.
        for (int i = 0; i < row.length; i++) {
          filtered[i] = (byte) (row[i] - above[i]);
        }
        out.write(2);
        out.write(filtered);
        System.arraycopy(row, 0, above, 0, row.length);
      }
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }

  private static void chunk(OutputStream out, String type, byte[] content) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    data.writeInt(content.length);
    data.write(name);
    data.write(content);
    data.writeInt((int) crc.getValue());
    data.flush();
  }
}
