package io.fiducia.promptable.adapt.layer;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.function.BiConsumer;

/**
 * A linear layer followed by an adapter with a way past it: D features become D/4, GELU, D, and are added (Wu et
 * al., Medical SAM Adapter, 2023, behind the attention). The second layer starts as zeros, so that the start
 * equals the layer alone.
 */
final class AdapterLinear implements LinearMap {
  private static final int REDUCTION = 4;

  private final LinearMap base;
  private final Linear down;
  private final Linear up;

  /**
   * Adds an adapter behind a layer.
   *
   * @param width features of the layer's result
   * @param first makes the first layer's weights
   * @param zeros makes the second layer's weights
   */
  AdapterLinear(LinearMap base, long width, Initializer first, Initializer zeros) {
    this.base = base;
    long hidden = Math.max(1, width / REDUCTION);
    this.down = new Linear(first, width, hidden, true);
    this.up = new Linear(zeros, hidden, width, true);
  }

  @Override
  public Tensor forward(Tensor x) {
    try (TorchScope scope = TorchScope.open("adapter")) {
      Tensor y = base.forward(x);
      return scope.keep(y.add(up.forward(Functional.gelu(down.forward(y), true))));
    }
  }

  @Override
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    base.collect(prefix, out);
    down.collect(prefix + Additions.ADAPTER + "down.", out);
    up.collect(prefix + Additions.ADAPTER + "up.", out);
  }
}
