package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LayerNorm;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A block of an image encoder: attention and two linear layers, each beside a way past it. */
public final class VitBlock {
  private final LayerNorm norm1;
  private final VitAttention attention;
  private final LayerNorm norm2;
  private final LinearMap lin1;
  private final LinearMap lin2;
  private Optional<LinearMap> beside = Optional.empty();

  /**
   * Builds one with new weights.
   *
   * @param window places along each side of a window; 0 for the whole picture
   */
  VitBlock(Initializer init, VitShape shape, int window, int table) {
    this.norm1 = new LayerNorm(init, shape.dim(), Neck.EPS);
    this.attention = new VitAttention(init, shape, window, table);
    this.norm2 = new LayerNorm(init, shape.dim(), Neck.EPS);
    this.lin1 = new Linear(init, shape.dim(), shape.mlp(), true);
    this.lin2 = new Linear(init, shape.mlp(), shape.dim(), true);
  }

  /** Its attention, whose layers can be wrapped. */
  public VitAttention attention() {
    return attention;
  }

  /** Adds what a layer gives for the input of the two linear layers to their result. */
  public void addBeside(LinearMap layer) {
    beside = Optional.of(layer);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    norm1.collect(prefix + "norm1.", out);
    attention.collect(prefix + "attn.", out);
    norm2.collect(prefix + "norm2.", out);
    lin1.collect(prefix + "mlp.lin1.", out);
    lin2.collect(prefix + "mlp.lin2.", out);
    beside.ifPresent(b -> b.collect(prefix + "mlp.", out));
  }

  /** Of features (batch, y, x, width). */
  Tensor forward(Tensor x) {
    try (TorchScope scope = TorchScope.open("block")) {
      Tensor attended = x.add(attention.forward(norm1.forward(x)));
      Tensor normed = norm2.forward(attended);
      Tensor hidden = Functional.gelu(lin1.forward(normed), true);
      Tensor result = attended.add(lin2.forward(hidden));
      return scope.keep(beside.map(b -> result.add(b.forward(normed))).orElse(result));
    }
  }
}
