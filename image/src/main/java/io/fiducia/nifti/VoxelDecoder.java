package io.fiducia.nifti;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** Reads stored voxels as numbers: every type, either byte order, scaled as the header says. */
final class VoxelDecoder {
  private VoxelDecoder() {}

  /** The stored bytes in the file's order. */
  static ByteBuffer buffer(NiftiHeader header, byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(header.order());
  }

  /** Writes the values of {@code count} voxels, after scaling, to the start of {@code out}. */
  static void decode(NiftiHeader header, byte[] bytes, int from, int count, double[] out) {
    switch (header.type()) {
      case UINT8 -> {
        for (int i = 0; i < count; i++) {
          out[i] = bytes[from + i] & 0xff;
        }
      }
      case INT8 -> {
        for (int i = 0; i < count; i++) {
          out[i] = bytes[from + i];
        }
      }
      case INT16, UINT16 -> {
        ShortBuffer stored = buffer(header, bytes).asShortBuffer();
        boolean signed = header.type() == NiftiDataType.INT16;
        for (int i = 0; i < count; i++) {
          out[i] = signed ? stored.get(from + i) : stored.get(from + i) & 0xffff;
        }
      }
      case INT32, UINT32 -> {
        IntBuffer stored = buffer(header, bytes).asIntBuffer();
        boolean signed = header.type() == NiftiDataType.INT32;
        for (int i = 0; i < count; i++) {
          out[i] = signed ? stored.get(from + i) : stored.get(from + i) & 0xffffffffL;
        }
      }
      case INT64, UINT64 -> {
        LongBuffer stored = buffer(header, bytes).asLongBuffer();
        boolean signed = header.type() == NiftiDataType.INT64;
        for (int i = 0; i < count; i++) {
          long bits = stored.get(from + i);
          out[i] = signed || bits >= 0 ? bits : unsigned(bits);
        }
      }
      case FLOAT32 -> {
        FloatBuffer stored = buffer(header, bytes).asFloatBuffer();
        for (int i = 0; i < count; i++) {
          out[i] = stored.get(from + i);
        }
      }
      case FLOAT64 -> buffer(header, bytes).asDoubleBuffer().get(from, out, 0, count);
    }
    if (header.scaled()) {
      for (int i = 0; i < count; i++) {
        out[i] = out[i] * header.slope() + header.intercept();
      }
    }
  }

  /** The double nearest to a number of 64 bits without sign, its top bit set. */
  private static double unsigned(long bits) {
    // The lowest bit stays in as a sticky bit, so that halving does not change the rounding.
    return (bits >>> 1 | bits & 1) * 2.0;
  }
}
