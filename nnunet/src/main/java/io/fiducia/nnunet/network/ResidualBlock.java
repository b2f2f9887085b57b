package io.fiducia.nnunet.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Initializer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Two convolutions beside a skip connection that averages where there is a stride and projects where
 * channels change (ResNet-D, He et al. 2019).
 */
final class ResidualBlock {
  private final ConvBlock conv1;
  private final ConvBlock conv2;
  private final Optional<long[]> pool;
  private final Optional<ConvBlock> projection;

  ResidualBlock(Initializer init, ConvBlock.Shape first) {
    List<Integer> ones = first.stride().stream().map(s -> 1).toList();
    this.conv1 = new ConvBlock(init, first);
    // A scale of zero makes the block start as its skip connection.
    this.conv2 = new ConvBlock(init,
        ConvBlock.Shape.of(first.out(), first.out(), first.kernel(), ones, first.bias())
            .linear(0));
    this.pool = ones.equals(first.stride())
        ? Optional.empty()
        : Optional.of(first.stride().stream().mapToLong(Integer::longValue).toArray());
    this.projection = first.in() == first.out()
        ? Optional.empty()
        : Optional.of(new ConvBlock(init,
            ConvBlock.Shape.of(first.in(), first.out(), ones, ones, false).linear(1)));
  }

  Tensor forward(Tensor x) {
    Tensor pooled = pool.map(window -> Functional.averagePool(x, window)).orElse(x);
    Tensor skip = projection.map(p -> p.forward(pooled)).orElse(pooled);
    if (pooled != x && pooled != skip) {
      pooled.free();
    }
    Tensor inner = conv1.forward(x);
    Tensor out = conv2.forward(List.of(inner), true);
    if (out != inner) {
      inner.free();
    }
    out.add_(skip);
    if (skip != x) {
      skip.free();
    }
    return Functional.leakyRelu_(out, ConvBlock.SLOPE);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    conv1.collect(prefix + "conv1.", out);
    conv2.collect(prefix + "conv2.", out);
    projection.ifPresent(p -> p.collect(prefix + "skip." + (pool.isPresent() ? 1 : 0) + ".", out));
  }
}
