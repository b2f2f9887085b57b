package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** Attention of the mask decoder, with a linear layer each for queries, keys, values and the result. */
public final class DecoderAttention {
  private LinearMap query;
  private LinearMap key;
  private LinearMap value;
  private LinearMap result;

  DecoderAttention(Initializer init, int width, int inner) {
    this.query = new Linear(init, width, inner, true);
    this.key = new Linear(init, width, inner, true);
    this.value = new Linear(init, width, inner, true);
    this.result = new Linear(init, inner, width, true);
  }

  /** Puts other layers in the place of those that give queries and values. */
  public void wrapQueryAndValue(UnaryOperator<LinearMap> wrapper) {
    query = wrapper.apply(query);
    value = wrapper.apply(value);
  }

  /** Puts other layers in the place of those that give keys and the result. */
  public void wrapKeyAndResult(UnaryOperator<LinearMap> wrapper) {
    key = wrapper.apply(key);
    result = wrapper.apply(result);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    query.collect(prefix + "q_proj.", out);
    key.collect(prefix + "k_proj.", out);
    value.collect(prefix + "v_proj.", out);
    result.collect(prefix + "out_proj.", out);
  }

  /** Of queries (batch, n, width) and keys and values (batch, m, width). */
  Tensor forward(Tensor q, Tensor k, Tensor v) {
    Tensor heads = separated(query.forward(q));
    Tensor y = Functional.attention(heads, separated(key.forward(k)), separated(value.forward(v)),
        Optional.empty(), 1 / Math.sqrt(heads.size(3)));
    return result.forward(y.permute(0, 2, 1, 3).reshape(y.size(0), y.size(2), -1));
  }

  private static Tensor separated(Tensor x) {
    return x.reshape(x.size(0), x.size(1), SamShape.HEADS, -1).permute(0, 2, 1, 3);
  }
}
