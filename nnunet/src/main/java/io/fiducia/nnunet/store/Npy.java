package io.fiducia.nnunet.store;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in numpy's file format NPY, versions 1 to 3: little-endian or single-byte numbers in C
 * order; Python objects are refused.
 */
final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern HEADER = Pattern.compile(
      "\\{'descr': '([<|][a-z]\\d)', 'fortran_order': (True|False), 'shape': \\(([\\d, ]*)\\), "
          + "\\}\\s*");
  private static final int BUFFER_BYTES = 1 << 16;

  private Npy() {}

  /** An array's type such as "&lt;f4", its shape and where its numbers come from. */
  record Header(String type, int[] shape) {
    long count() {
      long n = 1;
      for (int s : shape) {
        n = Math.multiplyExact(n, (long) s);
      }
      return n;
    }

    int itemBytes() {
      return type.charAt(2) - '0';
    }
  }

  static void writeHeader(OutputStream out, String type, int... shape) throws IOException {
    StringBuilder text = new StringBuilder("{'descr': '").append(type)
        .append("', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < shape.length; i++) {
      text.append(i == 0 ? "" : ", ").append(shape[i]);
    }
    text.append(shape.length == 1 ? ",), }" : "), }");
    while ((10 + text.length() + 1) % 64 != 0) {
      text.append(' ');
    }
    text.append('\n');
    out.write(MAGIC);
    out.write(1);
    out.write(0);
    out.write(text.length() & 0xFF);
    out.write(text.length() >> 8);
    out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  static void writeFloats(OutputStream out, float[] values) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int per = BUFFER_BYTES / 4;
    for (int i = 0; i < values.length;) {
      int n = Math.min(per, values.length - i);
      buffer.asFloatBuffer().put(values, i, n);
      out.write(buffer.array(), 0, 4 * n);
      i += n;
    }
  }

  static void writeShorts(OutputStream out, short[] values) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int per = BUFFER_BYTES / 2;
    for (int i = 0; i < values.length;) {
      int n = Math.min(per, values.length - i);
      buffer.asShortBuffer().put(values, i, n);
      out.write(buffer.array(), 0, 2 * n);
      i += n;
    }
  }

  /** Writes the low byte of each value. */
  static void writeBytes(OutputStream out, short[] values) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int i = 0; i < values.length;) {
      int n = Math.min(BUFFER_BYTES, values.length - i);
      for (int k = 0; k < n; k++) {
        buffer[k] = (byte) values[i + k];
      }
      out.write(buffer, 0, n);
      i += n;
    }
  }

  static Header readHeader(InputStream in, Object where) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(Arrays.copyOf(start, 6), MAGIC)) {
      throw bad(where, "not a numpy array", "expected the NPY magic, found " + start.length
          + " bytes " + Arrays.toString(start));
    }
    if (start[6] < 1 || start[6] > 3) {
      throw bad(where, "unknown NPY version", "expected 1 to 3, found " + start[6]);
    }
    int lengthBytes = start[6] == 1 ? 2 : 4;
    byte[] lengthField = in.readNBytes(lengthBytes);
    if (lengthField.length < lengthBytes) {
      throw bad(where, "truncated numpy array", "the header's length is missing");
    }
    long length = 0;
    for (int i = 0; i < lengthBytes; i++) {
      length |= (lengthField[i] & 0xFFL) << (8 * i);
    }
    if (length > 1 << 16) {
      throw bad(where, "damaged numpy header", "found a header of " + length + " bytes");
    }
    String text = new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
    Matcher m = HEADER.matcher(text);
    if (text.length() < length || !m.matches()) {
      throw bad(where, "unsupported numpy header", "found " + text.strip());
    }
    if (m.group(2).equals("True")) {
      throw bad(where, "unsupported numpy order", "expected C order, found Fortran order");
    }
    int[] shape;
    try {
      shape = Arrays.stream(m.group(3).split(",")).map(String::strip).filter(s -> !s.isEmpty())
          .mapToInt(Integer::parseInt).toArray();
    } catch (NumberFormatException e) {
      throw bad(where, "unsupported numpy shape", "found (" + m.group(3) + ")");
    }
    return new Header(m.group(1), shape);
  }

  /** Reads {@code count} numbers of the header's type as floats. */
  static float[] readFloats(InputStream in, Header header, int count, Object where)
      throws IOException {
    float[] out = new float[count];
    read(in, header, count, where, (i, v) -> out[i] = (float) v);
    return out;
  }

  /** Reads {@code count} numbers as labels; what is no whole 16-bit number is an error. */
  static short[] readShorts(InputStream in, Header header, int count, Object where)
      throws IOException {
    short[] out = new short[count];
    read(in, header, count, where, (i, v) -> {
      if (v != (short) v) {
        throw bad(where, "not a label", "expected a whole number from -32768 to 32767, found " + v);
      }
      out[i] = (short) v;
    });
    return out;
  }

  private interface Sink {
    void put(int index, double value);
  }

  private static void read(InputStream in, Header header, int count, Object where, Sink sink)
      throws IOException {
    int item = header.itemBytes();
    int per = BUFFER_BYTES / item;
    for (int i = 0; i < count;) {
      int n = Math.min(per, count - i);
      byte[] bytes = in.readNBytes(n * item);
      if (bytes.length < n * item) {
        throw bad(where, "truncated numpy array",
            "expected " + header.count() + " values, found " + (i + bytes.length / item));
      }
      ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int k = 0; k < n; k++) {
        sink.put(i + k, switch (header.type()) {
          case "<f2" -> Float.float16ToFloat(b.getShort());
          case "<f4" -> b.getFloat();
          case "<f8" -> b.getDouble();
          case "|i1" -> b.get();
          case "|u1", "|b1" -> b.get() & 0xFF;
          case "<i2" -> b.getShort();
          case "<u2" -> b.getShort() & 0xFFFF;
          case "<i4" -> b.getInt();
          case "<i8" -> b.getLong();
          default -> throw bad(where, "unsupported numpy type", "found " + header.type());
        });
      }
      i += n;
    }
  }

  static FiduciaException bad(Object where, String what, String why) {
    return FiduciaException.badInput(what, where, why, "write the file again with numpy.savez");
  }
}
