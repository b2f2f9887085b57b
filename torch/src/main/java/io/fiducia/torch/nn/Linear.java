package io.fiducia.torch.nn;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * x·weightᵀ + bias over the last axis. Initial weights are normal with the variance of torch's default, 1/(3
 * in); the bias is 0.
 */
public final class Linear implements LinearMap {
  private final Tensor weight;
  private final Optional<Tensor> bias;

  /** Builds one with new weights. */
  public Linear(Initializer init, long in, long out, boolean hasBias) {
    this.weight = init.kaimingNormal(Math.sqrt(5), out, in);
    this.bias = hasBias ? Optional.of(init.constant(0, out)) : Optional.empty();
  }

  /** The weight, (out, in). */
  public Tensor weight() {
    return weight;
  }

  /** The bias, (out). */
  public Optional<Tensor> bias() {
    return bias;
  }

  @Override
  public Tensor forward(Tensor x) {
    return Functional.linear(x, weight, bias);
  }

  @Override
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "weight", weight);
    bias.ifPresent(b -> out.accept(prefix + "bias", b));
  }
}
