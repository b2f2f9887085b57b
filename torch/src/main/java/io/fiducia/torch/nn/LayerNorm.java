package io.fiducia.torch.nn;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import java.util.function.BiConsumer;

/** Normalisation over the last axis with a learned scale and shift. */
public final class LayerNorm {
  private final Tensor weight;
  private final Tensor bias;
  private final double eps;

  /** Builds one with scale 1 and shift 0. */
  public LayerNorm(Initializer init, long width, double eps) {
    this.weight = init.constant(1, width);
    this.bias = init.constant(0, width);
    this.eps = eps;
  }

  public Tensor forward(Tensor x) {
    return Functional.layerNorm(x, weight, bias, eps);
  }

  /** Normalises over the channels of each place of images (batch, channel, y, x). */
  public Tensor forwardChannels(Tensor x) {
    return forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2);
  }

  /** Gives every parameter under its name in torch. */
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "weight", weight);
    out.accept(prefix + "bias", bias);
  }
}
