package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A tensor of a checkpoint: a type, a shape and bytes that are read from the file only when asked
 * for. Tensors of one file may share bytes; see {@link #sharesBytesWith}.
 */
public final class StoredTensor {
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;
  private static final int CHUNK = 1 << 20;

  private final StoredType dtype;
  private final long[] shape;
  private final long[] strides;
  private final Storage storage;
  private final long byteOffset;
  private final boolean bigEndian;
  private final long count;

  StoredTensor(
      StoredType dtype,
      long[] shape,
      long[] strides,
      Storage storage,
      long byteOffset,
      boolean bigEndian) {
    this.dtype = dtype;
    this.shape = shape.clone();
    this.strides = strides.clone();
    this.storage = storage;
    this.byteOffset = byteOffset;
    this.bigEndian = bigEndian && dtype.swapUnit() > 1;
    this.count = countOf(shape);
  }

  /**
   * A tensor over C-contiguous little-endian bytes, which are not copied: they must not change.
   *
   * @throws IllegalArgumentException if the bytes do not fill the shape exactly
   */
  public static StoredTensor of(StoredType dtype, long[] shape, ByteBuffer littleEndianBytes) {
    ByteBuffer content = littleEndianBytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (content.limit() != Math.multiplyExact(countOf(shape), dtype.bytes())) {
      throw new IllegalArgumentException(
          content.limit() + " bytes do not fill a " + dtype.torchName() + " tensor of shape "
              + Arrays.toString(shape));
    }
    return new StoredTensor(
        dtype, shape, contiguousStrides(shape), new Storage.Heap(content), 0, false);
  }

  /** A float32 tensor holding a copy of these values, last axis fastest. */
  public static StoredTensor ofFloats(float[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, 4))
        .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return of(StoredType.FLOAT32, shape, bytes);
  }

  /** An int64 tensor holding a copy of these values, last axis fastest. */
  public static StoredTensor ofLongs(long[] values, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, 8))
        .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return of(StoredType.INT64, shape, bytes);
  }

  static long countOf(long[] shape) {
    long n = 1;
    for (long s : shape) {
      n = Math.multiplyExact(n, s);
    }
    return n;
  }

  static long[] contiguousStrides(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    return strides;
  }

  /** The element type. */
  public StoredType dtype() {
    return dtype;
  }

  /** The shape, a copy; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of elements. */
  public long count() {
    return count;
  }

  /** The bytes of all elements. */
  public long byteSize() {
    return count * dtype.bytes();
  }

  /** True if both look at exactly the same stored elements, as torch's duplicated names do. */
  public boolean sharesBytesWith(StoredTensor other) {
    return this == other || sharingKey().equals(other.sharingKey());
  }

  /** What makes two tensors the same stored elements. */
  record SharingKey(Storage storage, long offset, StoredType dtype, List<Long> layout) {}

  SharingKey sharingKey() {
    // A contiguous block is the same bytes whatever its shape, but it is kept per length.
    List<Long> layout = isContiguous()
        ? List.of(count)
        : Arrays.stream(concat(shape, strides)).boxed().toList();
    return new SharingKey(storage, byteOffset, dtype, layout);
  }

  private static long[] concat(long[] a, long[] b) {
    long[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private boolean isContiguous() {
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != step) {
        return count == 0;
      }
      step *= shape[i];
    }
    return true;
  }

  /**
   * The elements as a read-only little-endian buffer, C-contiguous, read from the file at each call.
   *
   * @throws FiduciaException if the tensor is over 2 GiB, memory runs out or the file changed
   */
  public ByteBuffer bytes() {
    if (isContiguous() && !bigEndian && storage instanceof Storage.Heap heap) {
      return heap.content().slice((int) byteOffset, (int) byteSize()).asReadOnlyBuffer()
          .order(ByteOrder.LITTLE_ENDIAN);
    }
    long span = isContiguous() ? byteSize() : span();
    if (span > MAX_ARRAY || byteSize() > MAX_ARRAY) {
      throw FiduciaException.outOfResources(
          "a tensor is too large to be held in memory",
          describe(),
          "it has " + byteSize() + " bytes, at most " + MAX_ARRAY + " are held",
          "use a model with smaller layers", null);
    }
    try {
      ByteBuffer raw = ByteBuffer.allocate((int) span);
      storage.read(byteOffset, raw);
      byte[] packed = isContiguous() ? raw.array() : gather(raw.array());
      if (bigEndian) {
        swap(packed, dtype.swapUnit());
      }
      return ByteBuffer.wrap(packed).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    } catch (OutOfMemoryError e) {
      throw FiduciaException.outOfResources(
          "not enough memory for a tensor",
          describe(),
          "it needs " + byteSize() + " bytes",
          "give Java more memory with -Xmx", e);
    }
  }

  private String describe() {
    return dtype.torchName() + " " + Arrays.toString(shape);
  }

  private long span() {
    long last = 0;
    for (int i = 0; i < shape.length; i++) {
      last += (shape[i] - 1) * strides[i];
    }
    return (last + 1) * dtype.bytes();
  }

  private byte[] gather(byte[] raw) {
    int width = dtype.bytes();
    byte[] packed = new byte[(int) byteSize()];
    long[] index = new long[shape.length];
    long element = 0;
    for (int out = 0; out < packed.length; out += width) {
      System.arraycopy(raw, (int) (element * width), packed, out, width);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        index[axis]++;
        element += strides[axis];
        if (index[axis] < shape[axis]) {
          break;
        }
        element -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
    return packed;
  }

  private static void swap(byte[] bytes, int unit) {
    for (int start = 0; start < bytes.length; start += unit) {
      for (int i = start, j = start + unit - 1; i < j; i++, j--) {
        byte held = bytes[i];
        bytes[i] = bytes[j];
        bytes[j] = held;
      }
    }
  }

  /**
   * The elements as floats, last axis fastest; wider types are rounded, bool gives 0 and 1.
   *
   * @throws FiduciaException for complex tensors, and where {@link #bytes()} throws one
   */
  public float[] toFloats() {
    float[] out = new float[checkedCount()];
    ByteBuffer in = bytes();
    if (dtype == StoredType.FLOAT32) {
      in.asFloatBuffer().get(out);
      return out;
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = switch (dtype) {
        case FLOAT16 -> Float.float16ToFloat(in.getShort(2 * i));
        case BFLOAT16 -> Float.intBitsToFloat(in.getShort(2 * i) << 16);
        case FLOAT8_E5M2 -> Float.float16ToFloat((short) (in.get(i) << 8));
        case FLOAT8_E4M3FN -> e4m3(in.get(i));
        case FLOAT64 -> (float) in.getDouble(8 * i);
        case UINT64 -> unsignedToFloat(in.getLong(8 * i));
        default -> integer(in, i);
      };
    }
    return out;
  }

  /**
   * The elements as longs, last axis fastest; uint64 keeps its bits.
   *
   * @throws FiduciaException for types that are not integers or bool, and where {@link #bytes()} throws one
   */
  public long[] toLongs() {
    if (dtype.isFloating()) {
      throw FiduciaException.badInput(
          "cannot read the tensor as integers",
          describe(),
          "its type is " + dtype.torchName(),
          "use the floating point values");
    }
    long[] out = new long[checkedCount()];
    ByteBuffer in = bytes();
    for (int i = 0; i < out.length; i++) {
      out[i] = integer(in, i);
    }
    return out;
  }

  private int checkedCount() {
    if (dtype.isComplex()) {
      throw FiduciaException.badInput(
          "cannot read the tensor as real numbers",
          describe(),
          "its type is " + dtype.torchName(),
          "use its bytes");
    }
    if (count > MAX_ARRAY / 4) {
      throw FiduciaException.outOfResources(
          "a tensor is too large to be held in memory",
          describe(),
          "it has " + count + " elements",
          "use a model with smaller layers", null);
    }
    return (int) count;
  }

  private long integer(ByteBuffer in, int i) {
    return switch (dtype) {
      case INT64, UINT64 -> in.getLong(8 * i);
      case INT32 -> in.getInt(4 * i);
      case UINT32 -> Integer.toUnsignedLong(in.getInt(4 * i));
      case INT16 -> in.getShort(2 * i);
      case UINT16 -> Short.toUnsignedLong(in.getShort(2 * i));
      case INT8 -> in.get(i);
      case UINT8 -> Byte.toUnsignedLong(in.get(i));
      case BOOL -> in.get(i) == 0 ? 0 : 1;
      default -> throw new IllegalStateException("not an integer type: " + dtype);
    };
  }

  private static float unsignedToFloat(long bits) {
    return bits >= 0 ? bits : new BigInteger(Long.toUnsignedString(bits)).floatValue();
  }

  // No infinities; all ones is NaN (Micikevicius et al. 2022, FP8 formats for deep learning).
  private static float e4m3(byte bits) {
    int magnitude = bits & 0x7f;
    int exponent = magnitude >> 3;
    int mantissa = magnitude & 7;
    float value = magnitude == 0x7f
        ? Float.NaN
        : exponent == 0
            ? mantissa * 0x1p-9f
            : Math.scalb(1 + mantissa / 8f, exponent - 7);
    return bits < 0 ? -value : value;
  }

  /** The SHA-256 in lower-case hexadecimal of the C-contiguous little-endian bytes. */
  public String sha256() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    if (isContiguous() && !bigEndian) {
      long total = byteSize();
      for (long at = 0; at < total; at += CHUNK) {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(CHUNK, total - at));
        storage.read(byteOffset + at, piece);
        digest.update(piece.flip());
      }
    } else {
      digest.update(bytes());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String toString() {
    return "tensor " + describe();
  }
}
