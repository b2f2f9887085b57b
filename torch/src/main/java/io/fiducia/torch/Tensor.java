package io.fiducia.torch;

import io.fiducia.base.FiduciaException;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * An n-dimensional array of libtorch, row-major. All operations stand in this one file, since each is a
 * line or two and a caller looks for them here. It belongs to the {@link TorchScope} that was
 * innermost when it was made and must be used on that scope's thread. Names ending in {@code _}
 * change the tensor itself and return it; arithmetic of an integer tensor and
 * a number gives floating point. Operations record gradients unless {@link
 * Autograd#noGrad} is active.
 */
public final class Tensor {
  private final org.bytedeco.pytorch.Tensor handle;

  private Tensor(org.bytedeco.pytorch.Tensor handle) {
    this.handle = handle;
  }

  /** Wraps a fresh native tensor, which must have been made inside a scope. */
  static Tensor wrap(org.bytedeco.pytorch.Tensor handle) {
    if (PointerScope.getInnerScope() == null) {
      throw FiduciaException.internal("a tensor was made outside every scope", "",
          "it would stay in memory until the garbage collector happens to run",
          "open a TorchScope around the code");
    }
    return new Tensor(handle);
  }

  org.bytedeco.pytorch.Tensor handle() {
    return handle;
  }

  @FunctionalInterface
  private interface Op {
    org.bytedeco.pytorch.Tensor apply();
  }

  private Tensor op(String name, Op body, Tensor... others) {
    Tensor[] all = new Tensor[others.length + 1];
    all[0] = this;
    System.arraycopy(others, 0, all, 1, others.length);
    return wrap(Native.call(name, body::apply, all));
  }

  private Tensor inPlace(String name, Runnable body, Tensor... others) {
    Tensor[] all = new Tensor[others.length + 1];
    all[0] = this;
    System.arraycopy(others, 0, all, 1, others.length);
    Native.run(name, body, all);
    return this;
  }

  // Making tensors

  /** A float32 tensor of the values, row-major, copied. */
  public static Tensor of(float[] values, Device device, long... shape) {
    TensorMemory.checkSize(values.length, shape);
    return made("of", () -> org.bytedeco.pytorch.Tensor.create(values, shape), device);
  }

  /** An int64 tensor of the values, row-major, copied. */
  public static Tensor ofLongs(long[] values, Device device, long... shape) {
    TensorMemory.checkSize(values.length, shape);
    return made("ofLongs", () -> org.bytedeco.pytorch.Tensor.create(values, shape), device);
  }

  /** An int16 tensor of the values, row-major, copied; widen it with {@link #to(DType)}. */
  public static Tensor ofShorts(short[] values, Device device, long... shape) {
    TensorMemory.checkSize(values.length, shape);
    return made("ofShorts", () -> org.bytedeco.pytorch.Tensor.create(values, shape), device);
  }

  private static Tensor made(String name, Op body, Device device) {
    org.bytedeco.pytorch.Tensor cpu = Native.call(name, body::apply);
    return device.cuda() ? wrap(cpu).to(device) : wrap(cpu);
  }

  /** A float32 tensor of zeros. */
  public static Tensor zeros(Device device, long... shape) {
    return zeros(DType.FLOAT32, device, shape);
  }

  /** A tensor of zeros of the given type. */
  public static Tensor zeros(DType dtype, Device device, long... shape) {
    return wrap(Native.call("zeros " + Arrays.toString(shape), () -> torch.zeros(shape,
        new ScalarTypeOptional(dtype.scalarType()), new org.bytedeco.pytorch.LayoutOptional(),
        new org.bytedeco.pytorch.DeviceOptional(device.handle()),
        new org.bytedeco.pytorch.BoolOptional())));
  }

  /** A float32 tensor of any values, for a caller that writes all of them: half the time of zeros. */
  static Tensor empty(Device device, long... shape) {
    return wrap(Native.call("empty " + Arrays.toString(shape), () -> torch.empty(shape,
        new ScalarTypeOptional(DType.FLOAT32.scalarType()),
        new org.bytedeco.pytorch.LayoutOptional(),
        new org.bytedeco.pytorch.DeviceOptional(device.handle()),
        new org.bytedeco.pytorch.BoolOptional(), new org.bytedeco.pytorch.MemoryFormatOptional())));
  }

  /** Zeros of another tensor's shape, type and device. */
  public static Tensor zerosLike(Tensor other) {
    return wrap(Native.call("zeros_like", () -> torch.zeros_like(other.handle), other));
  }

  /** A tensor whose content is the given little-endian bytes, row-major, copied to the device. */
  public static Tensor ofBytes(
      java.nio.ByteBuffer littleEndian,
      DType dtype,
      Device device,
      long... shape) {
    return TensorMemory.ofBytes(littleEndian, dtype, shape).to(device);
  }

  /**
   * A tensor on the CPU whose memory is a file, for what main memory does not hold: the system writes
   * out and reads in as it needs. The file must stay until the tensor is freed.
   *
   * @param file holds at least the tensor's bytes; they are its first values
   */
  public static Tensor ofFile(java.nio.file.Path file, DType dtype, long... shape) {
    return TensorMemory.ofFile(file, dtype, shape);
  }

  // Reading

  public long[] shape() {
    return handle.shape();
  }

  /** Length of one axis; negative axes count from the last. */
  public long size(int axis) {
    return Native.call("size", () -> handle.size(axis), this);
  }

  public int dimensions() {
    return (int) handle.dim();
  }

  public long numel() {
    return handle.numel();
  }

  public DType dtype() {
    return DType.of(handle.scalar_type());
  }

  public Device device() {
    org.bytedeco.pytorch.Device device = handle.device();
    return device.is_cuda() ? new Device(true, device.index()) : Device.CPU;
  }

  /** All values as float32, row-major. */
  public float[] toFloats() {
    float[] out = new float[Math.toIntExact(numel())];
    copyTo(out);
    return out;
  }

  /** Copies all values, as float32 and row-major, to an array of exactly as many elements. */
  public void copyTo(float[] out) {
    TensorMemory.copy(this, out);
  }

  /** All values as int64, row-major. */
  public long[] toLongs() {
    return TensorMemory.toLongs(this);
  }

  /** All values as int16, row-major; for label maps. */
  public short[] toShorts() {
    return TensorMemory.toShorts(this);
  }

  /** The raw content, row-major and little-endian, in a heap buffer. */
  public java.nio.ByteBuffer toBytes() {
    return TensorMemory.toBytes(this);
  }

  /** The value of a tensor of one element. */
  public double item() {
    return Native.call("item", handle::item_double, this);
  }

  // Shape

  public Tensor reshape(long... shape) {
    return op("reshape", () -> handle.reshape(shape));
  }

  public Tensor permute(long... axes) {
    return op("permute", () -> handle.permute(axes));
  }

  public Tensor unsqueeze(int axis) {
    return op("unsqueeze", () -> handle.unsqueeze(axis));
  }

  public Tensor squeeze(int axis) {
    return op("squeeze", () -> handle.squeeze(axis));
  }

  public Tensor contiguous() {
    return op("contiguous", () -> handle.contiguous());
  }

  /**
   * The same values with the channels of a voxel side by side in memory, for a batch of 2D or 3D
   * images: the layout in which bfloat16 convolutions are fastest. What is computed from it keeps it.
   */
  public Tensor channelsLast() {
    MemoryFormat format = dimensions() == 5
        ? MemoryFormat.ChannelsLast3d
        : MemoryFormat.ChannelsLast;
    return op("channels_last", () -> handle.contiguous(format));
  }

  boolean isChannelsLast() {
    MemoryFormat format = handle.suggest_memory_format();
    return format.value == MemoryFormat.ChannelsLast3d.value
        || format.value == MemoryFormat.ChannelsLast.value;
  }

  /** A view of {@code length} elements of an axis from {@code start}. */
  public Tensor narrow(int axis, long start, long length) {
    return op("narrow", () -> handle.narrow(axis, start, length));
  }

  /** A view of every {@code step}-th element of an axis in [start, end). */
  public Tensor slice(int axis, long start, long end, long step) {
    return op("slice",
        () -> handle.slice(axis, new LongOptional(start), new LongOptional(end), step));
  }

  /** The tensors joined along an axis. */
  public static Tensor cat(List<Tensor> tensors, int axis) {
    Tensor[] all = tensors.toArray(Tensor[]::new);
    return wrap(Native.call("cat", () -> torch.cat(vector(tensors), axis), all));
  }

  static TensorVector vector(List<Tensor> tensors) {
    return new TensorVector(
        tensors.stream().map(Tensor::handle).toArray(org.bytedeco.pytorch.Tensor[]::new));
  }

  /** A view that repeats axes of length 1 up to the given shape; -1 leaves an axis as it is. */
  public Tensor expand(long... shape) {
    return op("expand", () -> handle.expand(shape));
  }

  /** A copy of the elements at these places of an axis, in this order; the index is int64. */
  public Tensor indexSelect(int axis, Tensor index) {
    return op("index_select", () -> handle.index_select(axis, index.handle), index);
  }

  /** A copy reversed along the axes. */
  public Tensor flip(long... axes) {
    return op("flip", () -> handle.flip(axes));
  }

  // Arithmetic

  public Tensor add(Tensor other) {
    return op("add", () -> handle.add(other.handle), other);
  }

  public Tensor add(double value) {
    return op("add", () -> handle.add(new Scalar(value)));
  }

  public Tensor sub(Tensor other) {
    return op("sub", () -> handle.subtract(other.handle), other);
  }

  public Tensor mul(Tensor other) {
    return op("mul", () -> handle.mul(other.handle), other);
  }

  public Tensor mul(double value) {
    return op("mul", () -> handle.mul(new Scalar(value)));
  }

  public Tensor div(Tensor other) {
    return op("div", () -> handle.div(other.handle), other);
  }

  public Tensor div(double value) {
    return op("div", () -> handle.div(new Scalar(value)));
  }

  /** Product of matrices in the last two axes; axes before them are repeated where their length is 1. */
  public Tensor matmul(Tensor other) {
    return op("matmul", () -> handle.matmul(other.handle), other);
  }

  public Tensor sin() {
    return op("sin", handle::sin);
  }

  public Tensor cos() {
    return op("cos", handle::cos);
  }

  public Tensor neg() {
    return op("neg", handle::neg);
  }

  public Tensor sqrt() {
    return op("sqrt", handle::sqrt);
  }

  public Tensor exp() {
    return op("exp", handle::exp);
  }

  public Tensor log() {
    return op("log", handle::log);
  }

  public Tensor clampMin(double value) {
    return op("clamp_min", () -> handle.clamp_min(new Scalar(value)));
  }

  /** 1 where the elements are equal to the value, as bool. */
  public Tensor eq(double value) {
    return op("eq", () -> handle.eq(new Scalar(value)));
  }

  /** 1 where the elements differ from the value, as bool. */
  public Tensor ne(double value) {
    return op("ne", () -> handle.ne(new Scalar(value)));
  }

  /** 1 where the elements exceed the value, as bool. */
  public Tensor gt(double value) {
    return op("gt", () -> handle.gt(new Scalar(value)));
  }

  public Tensor sum() {
    return op("sum", () -> handle.sum());
  }

  public Tensor sum(boolean keepAxes, long... axes) {
    return op("sum", () -> handle.sum(axes, keepAxes, new ScalarTypeOptional()));
  }

  public Tensor mean() {
    return op("mean", () -> handle.mean());
  }

  public Tensor mean(boolean keepAxes, long... axes) {
    return op("mean", () -> handle.mean(axes, keepAxes, new ScalarTypeOptional()));
  }

  /** The largest element, as a tensor of one element. */
  public Tensor max() {
    return op("max", () -> handle.max());
  }

  /** Index of the largest element along an axis (the first of equals), int64. */
  public Tensor argmax(int axis) {
    return op("argmax", () -> handle.argmax(new LongOptional(axis), false));
  }

  public Tensor softmax(int axis) {
    return op("softmax", () -> handle.softmax(axis));
  }

  public Tensor logSoftmax(int axis) {
    return op("log_softmax", () -> handle.log_softmax(axis));
  }

  public Tensor sigmoid() {
    return op("sigmoid", handle::sigmoid);
  }

  public Tensor gather(int axis, Tensor index) {
    return op("gather", () -> handle.gather(axis, index.handle), index);
  }

  // In place

  public Tensor zero_() {
    return inPlace("zero_", handle::zero_);
  }

  public Tensor add_(Tensor other) {
    return inPlace("add_", () -> handle.add_(other.handle), other);
  }

  /** Adds {@code factor} times the other tensor. */
  public Tensor add_(Tensor other, double factor) {
    return inPlace("add_", () -> handle.add_(other.handle, new Scalar(factor)), other);
  }

  public Tensor mul_(double value) {
    return inPlace("mul_", () -> handle.mul_(new Scalar(value)));
  }

  public Tensor mul_(Tensor other) {
    return inPlace("mul_", () -> handle.mul_(other.handle), other);
  }

  public Tensor div_(Tensor other) {
    return inPlace("div_", () -> handle.div_(other.handle), other);
  }

  public Tensor div_(double value) {
    return inPlace("div_", () -> handle.div_(new Scalar(value)));
  }

  public Tensor add_(double value) {
    return inPlace("add_", () -> handle.add_(new Scalar(value)));
  }

  public Tensor sqrt_() {
    return inPlace("sqrt_", handle::sqrt_);
  }

  /** Becomes this + weight (other − this), as running averages need. */
  public Tensor lerp_(Tensor other, double weight) {
    return inPlace("lerp_", () -> handle.lerp_(other.handle, new Scalar(weight)), other);
  }

  /** Adds {@code factor}·a·b. */
  public Tensor addcmul_(Tensor a, Tensor b, double factor) {
    return inPlace("addcmul_", () -> handle.addcmul_(a.handle, b.handle, new Scalar(factor)), a, b);
  }

  /** Adds {@code factor}·a/b. */
  public Tensor addcdiv_(Tensor a, Tensor b, double factor) {
    return inPlace("addcdiv_", () -> handle.addcdiv_(a.handle, b.handle, new Scalar(factor)), a, b);
  }

  /** Takes the other tensor's values, converting type and device. */
  public Tensor copy_(Tensor other) {
    return inPlace("copy_", () -> handle.copy_(other.handle), other);
  }

  /** Puts a value where the index says, along an axis. */
  public Tensor scatter_(int axis, Tensor index, double value) {
    return inPlace("scatter_", () -> handle.scatter_(axis, index.handle, new Scalar(value)), index);
  }

  // Type, device, gradient

  /** A copy with its own memory. */
  public Tensor copy() {
    return op("clone", () -> handle.clone());
  }

  /** This tensor on a device; itself if it is there already. */
  public Tensor to(Device device) {
    if (device().equals(device)) {
      return this;
    }
    return op("to " + device, () -> handle.to(device.handle(), handle.scalar_type()));
  }

  /** This tensor in another type; itself if it has it already. */
  public Tensor to(DType dtype) {
    return dtype() == dtype ? this : op("to " + dtype, () -> handle.to(dtype.scalarType()));
  }

  /** The same values without their history. */
  public Tensor detach() {
    return op("detach", handle::detach);
  }

  public boolean requiresGrad() {
    return handle.requires_grad();
  }

  /** Sets whether gradients are collected here. */
  public Tensor requiresGrad_(boolean required) {
    return inPlace("requires_grad_", () -> handle.set_requires_grad(required));
  }

  /** Adds the gradients of this one-element tensor to all parameters it was computed from. */
  public void backward() {
    Native.run("backward", handle::backward, this);
  }

  /** Whether a gradient has been collected since the last {@link #clearGrad}. */
  public boolean hasGrad() {
    try (TorchScope scope = TorchScope.open("hasGrad")) {
      return handle.grad().defined();
    }
  }

  /** The gradient collected by {@link #backward}; it shares memory with the original. */
  public Tensor grad() {
    Tensor grad = op("grad", handle::grad);
    if (!grad.handle.defined()) {
      throw FiduciaException.internal("a tensor has no gradient", Arrays.toString(shape()),
          "backward was not called, or it does not require one", "");
    }
    return grad;
  }

  /** Drops the gradient, which frees its memory. */
  public void clearGrad() {
    try (TorchScope scope = TorchScope.open("clearGrad")) {
      handle.mutable_grad().reset();
    }
  }

  /**
   * Frees the tensor now instead of when its scope closes; gradients that are yet to be computed keep
   * what they need. It must not be used afterwards.
   */
  public void free() {
    handle.close();
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape()) + " " + dtype() + " " + device();
  }
}
