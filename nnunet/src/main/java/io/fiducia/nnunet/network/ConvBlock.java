package io.fiducia.nnunet.network;

import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Convolution;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.InstanceNorm;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;

/** Convolution, instance normalisation and, unless left out, leaky ReLU. */
final class ConvBlock {
  static final double SLOPE = 0.01;

  private final Convolution conv;
  private final InstanceNorm norm;
  private final boolean activated;

  /** The properties in which the blocks of a network differ. */
  record Shape(
      long in,
      long out,
      List<Integer> kernel,
      List<Integer> stride,
      boolean bias,
      boolean activated,
      double initialScale) {
    static Shape of(long in, long out, List<Integer> kernel, List<Integer> stride, boolean bias) {
      return new Shape(in, out, kernel, stride, bias, true, 1);
    }

    /** The same without the activation, its normalisation starting at the given scale. */
    Shape linear(double scale) {
      return new Shape(in, out, kernel, stride, bias, false, scale);
    }
  }

  ConvBlock(Initializer init, Shape shape) {
    this.conv = new Convolution(init, shape.in, shape.out, shape.kernel, shape.stride, shape.bias,
        SLOPE);
    this.norm = new InstanceNorm(init, shape.out, shape.initialScale);
    this.activated = shape.activated;
  }

  Tensor forward(Tensor x) {
    return forward(List.of(x), false);
  }

  /**
   * The block of feature maps joined along their channels.
   *
   * @param takeOver whether the first map may become the result
   */
  Tensor forward(List<Tensor> parts, boolean takeOver) {
    return norm.forward(conv.forward(parts, takeOver),
        activated ? OptionalDouble.of(SLOPE) : OptionalDouble.empty());
  }

  /** Upstream registers every layer twice, by role and in sequence; strict loading needs both. */
  void collect(String prefix, BiConsumer<String, Tensor> out) {
    conv.collect(prefix + "conv.", out);
    norm.collect(prefix + "norm.", out);
    conv.collect(prefix + "all_modules.0.", out);
    norm.collect(prefix + "all_modules.1.", out);
  }

  /** Blocks in sequence, of which only the first has a stride and other input channels. */
  static List<ConvBlock> stack(Initializer init, int count, Shape first) {
    List<Integer> ones = first.stride.stream().map(s -> 1).toList();
    List<ConvBlock> blocks = new java.util.ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(new ConvBlock(init, i == 0
          ? first
          : Shape.of(first.out, first.out, first.kernel, ones, first.bias)));
    }
    return List.copyOf(blocks);
  }

  /**
   * Runs the blocks on feature maps joined along their channels; everything between input and output is
   * freed.
   *
   * @param takeOver whether the first map may become the result
   */
  static Tensor run(List<ConvBlock> blocks, List<Tensor> parts, boolean takeOver) {
    Tensor current = blocks.getFirst().forward(parts, takeOver);
    for (ConvBlock block : blocks.subList(1, blocks.size())) {
      Tensor next = block.forward(List.of(current), true);
      if (next != current) {
        current.free();
      }
      current = next;
    }
    return current;
  }
}
