package io.fiducia.torch.nn;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;

/** Instance normalisation with a learned scale and shift, without running statistics. */
public final class InstanceNorm {
  private static final double EPS = 1e-5;

  private final Tensor weight;
  private final Tensor bias;

  /** Builds one whose scale starts at the given value (1, or 0 to start a residual branch off). */
  public InstanceNorm(Initializer init, long channels, double initialScale) {
    this.weight = init.constant(initialScale, channels);
    this.bias = init.constant(0, channels);
  }

  /**
   * Normalises and, if there is a slope, activates by leaky ReLU. Takes x over: its memory may be the
   * result's.
   */
  public Tensor forward(Tensor x, OptionalDouble slope) {
    return Functional.instanceNormActivated(x, weight, bias, EPS, slope);
  }

  /** Gives every parameter under its name in torch. */
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "weight", weight);
    out.accept(prefix + "bias", bias);
  }
}
