package io.fiducia.promptable.adapt.layer;

import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.LinearMap;
import java.util.function.BiConsumer;

/** A linear layer followed by an adapter with a way past it: what the adapter gives is added. */
final class AdapterLinear implements LinearMap {
  private final LinearMap base;
  private final Bottleneck adapter;

  AdapterLinear(LinearMap base, Bottleneck adapter) {
    this.base = base;
    this.adapter = adapter;
  }

  @Override
  public Tensor forward(Tensor x) {
    try (TorchScope scope = TorchScope.open("adapter")) {
      Tensor y = base.forward(x);
      return scope.keep(y.add(adapter.forward(y)));
    }
  }

  @Override
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    base.collect(prefix, out);
    adapter.collect(prefix, out);
  }
}
