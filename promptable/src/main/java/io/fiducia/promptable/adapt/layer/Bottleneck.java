package io.fiducia.promptable.adapt.layer;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.function.BiConsumer;

/**
 * The layers of an adapter (Wu et al., Medical SAM Adapter, 2023): D features become D/4, GELU, D, times a factor.
 * The second layer starts as zeros, so that a new adapter gives zeros; the original starts with random ones.
 */
final class Bottleneck implements LinearMap {
  private static final int REDUCTION = 4;

  private final Linear down;
  private final Linear up;
  private final double factor;

  /**
   * New layers.
   *
   * @param starts makes the first layer's weights, and zeros for the second
   */
  Bottleneck(Starts starts, long width, double factor) {
    long hidden = Math.max(1, width / REDUCTION);
    this.down = new Linear(starts.first, width, hidden, true);
    this.up = new Linear(starts.zeros, hidden, width, true);
    this.factor = factor;
  }

  /** What makes the weights of the first and of the second layer. */
  record Starts(Initializer first, Initializer zeros) {}

  @Override
  public Tensor forward(Tensor x) {
    Tensor y = up.forward(Functional.gelu(down.forward(x), true));
    return factor == 1 ? y : y.mul(factor);
  }

  /** Gives the parameters as {@code adapter.down} and {@code adapter.up}. */
  @Override
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    down.collect(prefix + Additions.ADAPTER + "down.", out);
    up.collect(prefix + Additions.ADAPTER + "up.", out);
  }
}
