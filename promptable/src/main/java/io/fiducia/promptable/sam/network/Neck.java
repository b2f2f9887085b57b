package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Convolution;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LayerNorm;
import java.util.List;
import java.util.function.BiConsumer;

/** The last layers of an image encoder: to the embedding's channels. */
record Neck(Convolution first, LayerNorm firstNorm, Convolution second, LayerNorm secondNorm) {
  /** Epsilon of layer normalisations in image encoders. */
  static final double EPS = 1e-6;

  static Neck create(Initializer init, long in, long out) {
    return new Neck(new Convolution(init, in, out, List.of(1, 1), List.of(1, 1), false, 1),
        new LayerNorm(init, out, EPS),
        new Convolution(init, out, out, List.of(3, 3), List.of(1, 1), false, 1),
        new LayerNorm(init, out, EPS));
  }

  /** Of features (batch, channel, y, x). */
  Tensor forward(Tensor x) {
    Tensor y = firstNorm.forwardChannels(first.forward(x)).contiguous();
    return secondNorm.forwardChannels(second.forward(y)).contiguous();
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    first.collect(prefix + "0.", out);
    firstNorm.collect(prefix + "1.", out);
    second.collect(prefix + "2.", out);
    secondNorm.collect(prefix + "3.", out);
  }
}
