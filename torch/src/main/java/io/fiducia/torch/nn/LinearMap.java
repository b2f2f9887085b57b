package io.fiducia.torch.nn;

import io.fiducia.torch.Tensor;
import java.util.function.BiConsumer;

/** A linear layer, or what stands in its place: one with a low-rank addition, one in another precision. */
public interface LinearMap {
  /** The layer's result for inputs in the last axis. */
  Tensor forward(Tensor x);

  /** Gives every parameter under its name in torch. */
  void collect(String prefix, BiConsumer<String, Tensor> out);
}
