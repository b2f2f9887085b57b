package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Tensor;
import java.util.function.BiConsumer;

/** What turns pictures into embeddings. */
public sealed interface ImageEncoder permits VitEncoder, TinyVitEncoder {
  /** Embeddings (batch, channels, grid, grid) of pictures (batch, 3, y, x). */
  Tensor forward(Tensor pictures);

  /** Gives every parameter and running statistic under its released name. */
  void collect(String prefix, BiConsumer<String, Tensor> out);
}
