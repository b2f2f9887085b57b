package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.FrozenNormConvolution;
import io.fiducia.torch.nn.FrozenNormConvolution.Form;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LayerNorm;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A block of TinyViT: attention within windows, a convolution of each feature by itself, two linear layers.
 * Unlike in SAM, windows are filled up with zeros before they are normalised.
 */
public final class TinyVitBlock {
  private static final double EPS = 1e-5;
  private static final int EXPANSION = 4;

  private final int window;
  private final TinyVitAttention attention;
  private final LayerNorm norm;
  private final LinearMap fc1;
  private final LinearMap fc2;
  private Optional<LinearMap> beside = Optional.empty();
  private final FrozenNormConvolution local;

  TinyVitBlock(Initializer init, int dim, int heads, int window) {
    this.window = window;
    this.attention = new TinyVitAttention(init, dim, heads, window);
    this.norm = new LayerNorm(init, dim, EPS);
    this.fc1 = new Linear(init, dim, (long) EXPANSION * dim, true);
    this.fc2 = new Linear(init, (long) EXPANSION * dim, dim, true);
    this.local = new FrozenNormConvolution(init, new Form(dim, dim, 3, 1, dim));
  }

  /** Its attention, whose layers can be wrapped. */
  public TinyVitAttention attention() {
    return attention;
  }

  /** Adds what a layer gives for the input of the two linear layers to their result. */
  public void addBeside(LinearMap layer) {
    beside = Optional.of(layer);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    attention.collect(prefix + "attn.", out);
    norm.collect(prefix + "mlp.norm.", out);
    fc1.collect(prefix + "mlp.fc1.", out);
    fc2.collect(prefix + "mlp.fc2.", out);
    beside.ifPresent(b -> b.collect(prefix + "mlp.", out));
    local.collect(prefix + "local_conv.", out);
  }

  /** Of features (batch, y, x, width). */
  Tensor forward(Tensor x) {
    try (TorchScope scope = TorchScope.open("block")) {
      Tensor attended = x.add(windows(x));
      Tensor mixed = local.forward(attended.permute(0, 3, 1, 2).contiguous())
          .permute(0, 2, 3, 1).contiguous();
      Tensor normed = norm.forward(mixed);
      Tensor hidden = Functional.gelu(fc1.forward(normed), true);
      Tensor result = mixed.add(fc2.forward(hidden));
      return scope.keep(beside.map(b -> result.add(b.forward(normed))).orElse(result));
    }
  }

  private Tensor windows(Tensor x) {
    long[] s = x.shape();
    long down = -s[1] % window + (s[1] % window == 0 ? 0 : window);
    long right = -s[2] % window + (s[2] % window == 0 ? 0 : window);
    Tensor full = down == 0 && right == 0 ? x : Functional.pad(x, 0, 0, 0, right, 0, down);
    long ny = (s[1] + down) / window;
    long nx = (s[2] + right) / window;
    Tensor parts = full.reshape(s[0], ny, window, nx, window, s[3]).permute(0, 1, 3, 2, 4, 5)
        .reshape(s[0] * ny * nx, (long) window * window, s[3]);
    return attention.forward(parts).reshape(s[0], ny, nx, window, window, s[3])
        .permute(0, 1, 3, 2, 4, 5).reshape(s[0], ny * window, nx * window, s[3])
        .narrow(1, 0, s[1]).narrow(2, 0, s[2]);
  }
}
