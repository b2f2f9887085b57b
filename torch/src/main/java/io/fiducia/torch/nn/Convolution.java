package io.fiducia.torch.nn;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A convolution in 2D or 3D with padding (kernel − 1) / 2. */
public final class Convolution {
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final long[] stride;
  private final long[] padding;

  /**
   * Builds one with Kaiming-normal weights and zero bias.
   *
   * @param slope negative slope of the leaky ReLU that the initial weights assume
   */
  public Convolution(
      Initializer init,
      long in,
      long out,
      List<Integer> kernel,
      List<Integer> stride,
      boolean hasBias,
      double slope) {
    this.weight = init.kaimingNormal(slope, weightShape(out, in, kernel));
    this.bias = hasBias ? Optional.of(init.constant(0, out)) : Optional.empty();
    this.stride = longs(stride);
    this.padding = kernel.stream().mapToLong(k -> (k - 1) / 2).toArray();
  }

  public Tensor forward(Tensor x) {
    return forward(List.of(x), false);
  }

  /**
   * The convolution of feature maps joined along their channels.
   *
   * @param takeOver whether the first map may become the result
   */
  public Tensor forward(List<Tensor> parts, boolean takeOver) {
    return Functional.conv(parts, weight, bias, stride, padding, takeOver);
  }

  /** Gives every parameter under its name in torch. */
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "weight", weight);
    bias.ifPresent(b -> out.accept(prefix + "bias", b));
  }

  static long[] weightShape(long first, long second, List<Integer> kernel) {
    long[] shape = new long[kernel.size() + 2];
    shape[0] = first;
    shape[1] = second;
    for (int i = 0; i < kernel.size(); i++) {
      shape[i + 2] = kernel.get(i);
    }
    return shape;
  }

  static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
  }
}
