package io.fiducia.nifti;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Builds NIfTI files byte by byte from the tables of nifti1.h and nifti2.h. */
final class NiftiBytes {
  final int version;
  final ByteBuffer header;

  NiftiBytes(int version, ByteOrder order, boolean pair, int... dim) {
    this.version = version;
    int length = version == 1 ? 348 : 540;
    header = ByteBuffer.allocate(pair ? length : length + 4).order(order);
    header.putInt(0, length);
    magic((pair ? "ni" : "n+") + version + "\0" + (version == 2 ? "\r\n\u001a\n" : ""));
    dim(0, dim.length);
    for (int i = 1; i < 8; i++) {
      dim(i, i <= dim.length ? dim[i - 1] : 1);
      pixdim(i, 1);
    }
    type(4, 16);
    if (version == 1) {
      header.putFloat(108, pair ? 0 : 352);
    } else {
      header.putLong(168, pair ? 0 : 544);
    }
    sform(1, new double[]{-2, 0, 0, 90, 0, -3, 0, 126, 0, 0, 4, -72});
  }

  /** A little-endian single NIfTI-1 file of int16. */
  static NiftiBytes one(int... dim) {
    return new NiftiBytes(1, ByteOrder.LITTLE_ENDIAN, false, dim);
  }

  NiftiBytes magic(String text) {
    header.put(version == 1 ? 344 : 4, text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  NiftiBytes dim(int i, long value) {
    if (version == 1) {
      header.putShort(40 + 2 * i, (short) value);
    } else {
      header.putLong(16 + 8 * i, value);
    }
    return this;
  }

  NiftiBytes real(int offset1, int offset2, double value) {
    if (version == 1) {
      header.putFloat(offset1, (float) value);
    } else {
      header.putDouble(offset2, value);
    }
    return this;
  }

  NiftiBytes pixdim(int i, double value) {
    return real(76 + 4 * i, 104 + 8 * i, value);
  }

  NiftiBytes type(int code, int bitpix) {
    header.putShort(version == 1 ? 70 : 12, (short) code);
    header.putShort(version == 1 ? 72 : 14, (short) bitpix);
    return this;
  }

  NiftiBytes scale(double slope, double intercept) {
    return real(112, 176, slope).real(116, 184, intercept);
  }

  NiftiBytes units(int units) {
    if (version == 1) {
      header.put(123, (byte) units);
    } else {
      header.putInt(500, units);
    }
    return this;
  }

  NiftiBytes sform(int code, double[] rows) {
    code(254, 348, code);
    for (int i = 0; i < 12; i++) {
      real(280 + 4 * i, 400 + 8 * i, rows[i]);
    }
    return this;
  }

  NiftiBytes qform(int code, double qfac, double... values) {
    code(252, 344, code);
    pixdim(0, qfac);
    for (int i = 0; i < 6; i++) {
      real(256 + 4 * i, 352 + 8 * i, values[i]);
    }
    return this;
  }

  NiftiBytes noSform() {
    return code(254, 348, 0);
  }

  private NiftiBytes code(int offset1, int offset2, int code) {
    if (version == 1) {
      header.putShort(offset1, (short) code);
    } else {
      header.putInt(offset2, code);
    }
    return this;
  }

  /** Numbers in the header's byte order, by the type's code. */
  byte[] voxels(int code, double... values) {
    ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(header.order());
    for (double v : values) {
      switch (code) {
        case 2, 256 -> b.put((byte) (int) v);
        case 4, 512 -> b.putShort((short) (int) v);
        case 8, 768 -> b.putInt((int) (long) v);
        case 16 -> b.putFloat((float) v);
        case 64 -> b.putDouble(v);
        // 2^63 and above wrap to the same bits.
        case 1024, 1280 -> b.putLong(v < 0x1p63 ? (long) v : (long) (v - 0x1p63) ^ Long.MIN_VALUE);
        default -> throw new IllegalArgumentException("" + code);
      }
    }
    return Arrays.copyOf(b.array(), b.position());
  }

  /** Header and voxels in one. */
  byte[] with(byte[] voxels) {
    byte[] whole = Arrays.copyOf(header.array(), header.capacity() + voxels.length);
    System.arraycopy(voxels, 0, whole, header.capacity(), voxels.length);
    return whole;
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
