package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.FrozenNormConvolution;
import io.fiducia.torch.nn.FrozenNormConvolution.Form;
import io.fiducia.torch.nn.Initializer;
import java.util.function.BiConsumer;

/**
 * Three convolutions: 1x1 to more features, 3x3 on each feature by itself, 1x1 to the result. TinyViT has it as
 * a block with a way past it (MBConv), and without one between stages.
 */
final class MobileConvolution {
  private static final int EXPANSION = 4;

  private final FrozenNormConvolution first;
  private final FrozenNormConvolution second;
  private final FrozenNormConvolution third;
  private final boolean residual;

  private MobileConvolution(Initializer init, int in, int hidden, int out, int stride,
      boolean residual) {
    this.first = new FrozenNormConvolution(init, new Form(in, hidden, 1, 1, 1));
    this.second = new FrozenNormConvolution(init, new Form(hidden, hidden, 3, stride, hidden));
    this.third = new FrozenNormConvolution(init, new Form(hidden, out, 1, 1, 1));
    this.residual = residual;
  }

  /** A block of the first stage. */
  static MobileConvolution block(Initializer init, int dim) {
    return new MobileConvolution(init, dim, EXPANSION * dim, dim, 1, true);
  }

  /** The way from one stage to the next. */
  static MobileConvolution between(Initializer init, int in, int out, int stride) {
    return new MobileConvolution(init, in, out, out, stride, false);
  }

  /** Of features (batch, channel, y, x). */
  Tensor forward(Tensor x) {
    try (TorchScope scope = TorchScope.open("convolutions")) {
      Tensor wide = Functional.gelu(first.forward(x), true);
      Tensor mixed = Functional.gelu(second.forward(wide), true);
      wide.free();
      Tensor y = third.forward(mixed);
      return scope.keep(residual ? Functional.gelu(y.add(x), true) : y);
    }
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    first.collect(prefix + "conv1.", out);
    second.collect(prefix + "conv2.", out);
    third.collect(prefix + "conv3.", out);
  }
}
