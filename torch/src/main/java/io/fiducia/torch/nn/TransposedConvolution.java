package io.fiducia.torch.nn;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A transposed convolution whose kernel equals its stride: learned upsampling. */
public final class TransposedConvolution {
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final long[] stride;

  /** Builds one with Kaiming-normal weights (see {@link Initializer}) and zero bias. */
  public TransposedConvolution(
      Initializer init,
      long in,
      long out,
      List<Integer> stride,
      boolean hasBias,
      double slope) {
    this.weight = init.kaimingNormal(slope, Convolution.weightShape(in, out, stride));
    this.bias = hasBias ? Optional.of(init.constant(0, out)) : Optional.empty();
    this.stride = Convolution.longs(stride);
  }

  public Tensor forward(Tensor x) {
    return Functional.convTransposed(x, weight, bias, stride);
  }

  /** Gives every parameter under its name in torch. */
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "weight", weight);
    bias.ifPresent(b -> out.accept(prefix + "bias", b));
  }
}
