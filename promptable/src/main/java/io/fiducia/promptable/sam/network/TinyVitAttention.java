package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LayerNorm;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Attention of TinyViT within windows. What is added for the distance of a key is a learned number for each
 * head, |Δy| and |Δx|. Queries, keys and values stand side by side for each head, unlike in SAM.
 *
 * <p>Difference from the original: it caches the learned numbers when it is put into evaluation mode, and
 * keeps old ones if weights are loaded later. They are looked up for each picture here.
 */
public final class TinyVitAttention {
  private static final double EPS = 1e-5;

  private final int heads;
  private final LayerNorm norm;
  private LinearMap qkv;
  private LinearMap proj;
  private final Tensor biases;
  private final long[] index;

  TinyVitAttention(Initializer init, int dim, int heads, int window) {
    this.heads = heads;
    this.norm = new LayerNorm(init, dim, EPS);
    this.qkv = new Linear(init, dim, 3L * dim, true);
    this.proj = new Linear(init, dim, dim, true);
    this.index = index(window);
    this.biases = init.constant(0, heads, (long) window * window);
  }

  /** For each pair of places the number of its distance, in the order in which distances are first seen. */
  static long[] index(int window) {
    Map<Long, Integer> seen = new HashMap<>();
    int places = window * window;
    long[] out = new long[places * places];
    for (int a = 0; a < places; a++) {
      for (int b = 0; b < places; b++) {
        long dy = Math.abs(a / window - b / window);
        long dx = Math.abs(a % window - b % window);
        out[a * places + b] = seen.computeIfAbsent(dy * window + dx, key -> seen.size());
      }
    }
    return out;
  }

  /** Puts another layer in the place of the one that gives queries, keys and values of each head. */
  public void wrapQkv(UnaryOperator<LinearMap> wrapper) {
    qkv = wrapper.apply(qkv);
  }

  /** Puts another layer in the place of the last one. */
  public void wrapProjection(UnaryOperator<LinearMap> wrapper) {
    proj = wrapper.apply(proj);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "attention_biases", biases);
    norm.collect(prefix + "norm.", out);
    qkv.collect(prefix + "qkv.", out);
    proj.collect(prefix + "proj.", out);
  }

  /** Of windows' features (windows, places, width). */
  Tensor forward(Tensor x) {
    try (TorchScope scope = TorchScope.open("attention")) {
      long[] s = x.shape();
      long width = s[2] / heads;
      Tensor all = qkv.forward(norm.forward(x)).reshape(s[0], s[1], heads, 3 * width)
          .permute(0, 2, 1, 3);
      Tensor bias = biases.indexSelect(1, Tensor.ofLongs(index, x.device(), index.length))
          .reshape(1, heads, s[1], s[1]);
      Tensor y = Functional.attention(all.narrow(3, 0, width), all.narrow(3, width, width),
          all.narrow(3, 2 * width, width), Optional.of(bias), 1 / Math.sqrt(width));
      return scope.keep(proj.forward(y.permute(0, 2, 1, 3).reshape(s[0], s[1], s[2])));
    }
  }
}
