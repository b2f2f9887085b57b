package io.fiducia.torch.nn;

import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes the parameters of a network, all owned by one owner and drawn from one generator. */
public final class Initializer {
  private final TensorOwner owner;
  private final Device device;
  private final Optional<RandomGenerator> random;

  /** Draws on the Java side, so that a seed gives the same network on every device. */
  public Initializer(TensorOwner owner, Device device, RandomGenerator random) {
    this(owner, device, Optional.of(random));
  }

  private Initializer(TensorOwner owner, Device device, Optional<RandomGenerator> random) {
    this.owner = owner;
    this.device = device;
    this.random = random;
  }

  /** Makes weights that are all zero, for networks whose weights are then loaded. */
  public static Initializer zeros(TensorOwner owner, Device device) {
    return new Initializer(owner, device, Optional.empty());
  }

  /**
   * A weight of Kaiming's normal distribution for a leaky ReLU of the given negative slope, fan-in
   * (He et al. 2015). The fan-in is shape[1]·kernel also for transposed convolutions, as in torch.
   */
  public Tensor kaimingNormal(double slope, long... shape) {
    double fanIn = 1;
    for (int i = 1; i < shape.length; i++) {
      fanIn *= shape[i];
    }
    double std = Math.sqrt(2 / (1 + slope * slope)) / Math.sqrt(fanIn);
    return normal(std, shape);
  }

  /** A parameter of one value. */
  public Tensor constant(double value, long... shape) {
    float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    Arrays.fill(values, (float) value);
    return parameter(() -> Tensor.of(values, device, shape));
  }

  /** A parameter of normally distributed values around 0. */
  public Tensor normal(double std, long... shape) {
    return parameter(() -> normalValues(std, shape));
  }

  /** Normally distributed values around 0 that no training changes. */
  public Tensor normalBuffer(double std, long... shape) {
    return owned(() -> normalValues(std, shape));
  }

  /** A tensor of one value that no training changes. */
  public Tensor buffer(double value, long... shape) {
    return owned(() -> Tensor.zeros(device, shape).add(value));
  }

  /** A whole number that no training changes, as int64. */
  public Tensor counter() {
    return owned(() -> Tensor.ofLongs(new long[1], device, 1).reshape());
  }

  private Tensor normalValues(double std, long... shape) {
    if (random.isEmpty()) {
      return Tensor.zeros(device, shape);
    }
    float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (std * random.get().nextGaussian());
    }
    return Tensor.of(values, device, shape);
  }

  private Tensor owned(Supplier<Tensor> tensor) {
    try (TorchScope scope = TorchScope.open("buffer")) {
      return owner.adopt(tensor.get());
    }
  }

  private Tensor parameter(Supplier<Tensor> tensor) {
    try (TorchScope scope = TorchScope.open("parameter")) {
      return owner.adopt(tensor.get()).requiresGrad_(true);
    }
  }
}
