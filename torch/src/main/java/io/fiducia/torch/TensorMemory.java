package io.fiducia.torch;

import io.fiducia.base.FiduciaException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.LayoutOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.global.torch;

/** The way between a tensor's native memory and Java's arrays, buffers and files. */
final class TensorMemory {
  private TensorMemory() {}

  /** A tensor on the CPU of little-endian bytes, copied. */
  static Tensor ofBytes(ByteBuffer littleEndian, DType dtype, long... shape) {
    checkSize(littleEndian.remaining() / (double) dtype.bytes(), shape);
    Tensor cpu = Tensor.zeros(dtype, Device.CPU, shape);
    if (littleEndian.hasRemaining()) {
      BytePointer target = new BytePointer(cpu.handle().data_ptr());
      target.capacity(littleEndian.remaining()).asByteBuffer().put(littleEndian.duplicate());
    }
    return cpu;
  }

  /** A tensor on the CPU whose memory is the file. */
  static Tensor ofFile(Path file, DType dtype, long... shape) {
    long values = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return Tensor.wrap(Native.call("from_file", () -> torch.from_file(file.toString(),
        new BoolOptional(true), new LongOptional(values),
        new ScalarTypeOptional(dtype.scalarType()), new LayoutOptional(),
        new DeviceOptional(Device.CPU.handle()), new BoolOptional()))).reshape(shape);
  }

  static void checkSize(double values, long... shape) {
    long expected = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (expected != values) {
      throw FiduciaException.internal("values do not fill a tensor", Arrays.toString(shape),
          "expected " + expected + " values, found " + values, "");
    }
  }

  static void copy(Tensor from, float[] out) {
    checkSize(out.length, from.shape());
    if (out.length > 0) {
      try (TorchScope scope = TorchScope.open("copyTo")) {
        onCpu(from, DType.FLOAT32).handle().data_ptr_float().get(out);
      }
    }
  }

  static long[] toLongs(Tensor from) {
    long[] out = new long[Math.toIntExact(from.numel())];
    if (out.length > 0) {
      try (TorchScope scope = TorchScope.open("toLongs")) {
        onCpu(from, DType.INT64).handle().data_ptr_long().get(out);
      }
    }
    return out;
  }

  static short[] toShorts(Tensor from) {
    short[] out = new short[Math.toIntExact(from.numel())];
    if (out.length > 0) {
      try (TorchScope scope = TorchScope.open("toShorts")) {
        onCpu(from, DType.INT16).handle().data_ptr_short().get(out);
      }
    }
    return out;
  }

  static ByteBuffer toBytes(Tensor from) {
    byte[] out = new byte[Math.toIntExact(from.numel() * from.dtype().bytes())];
    if (out.length > 0) {
      try (TorchScope scope = TorchScope.open("toBytes")) {
        new BytePointer(onCpu(from, from.dtype()).handle().data_ptr()).get(out);
      }
    }
    return ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Tensor onCpu(Tensor from, DType dtype) {
    return from.detach().to(Device.CPU).to(dtype).contiguous();
  }
}
