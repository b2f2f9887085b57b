package io.fiducia.torch.nn;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A 2D convolution without bias and the batch normalisation behind it in evaluation mode: with its running
 * statistics, which no training changes. Both are one convolution with scaled weights, which gives the same
 * numbers up to rounding. Padding is (kernel − 1) / 2. Names are those of TinyViT: {@code c} and {@code bn}.
 */
public final class FrozenNormConvolution {
  private static final double EPS = 1e-5;

  private final Tensor weight;
  private final Tensor scale;
  private final Tensor shift;
  private final Tensor mean;
  private final Tensor variance;
  private final Tensor batches;
  private final long[] stride;
  private final long[] padding;
  private final long groups;

  /**
   * The form of the convolution.
   *
   * @param groups groups of channels that see only their own inputs
   */
  public record Form(long in, long out, int kernel, int stride, long groups) {}

  /** Builds one with Kaiming-normal weights for a linear layer, scale 1 and shift 0. */
  public FrozenNormConvolution(Initializer init, Form form) {
    this.weight = init.kaimingNormal(1, form.out, form.in / form.groups, form.kernel, form.kernel);
    this.scale = init.constant(1, form.out);
    this.shift = init.constant(0, form.out);
    this.mean = init.buffer(0, form.out);
    this.variance = init.buffer(1, form.out);
    this.batches = init.counter();
    this.stride = new long[]{form.stride, form.stride};
    this.padding = new long[]{(form.kernel - 1) / 2, (form.kernel - 1) / 2};
    this.groups = form.groups;
  }

  public Tensor forward(Tensor x) {
    Tensor factor = scale.div(variance.add(EPS).sqrt());
    Tensor scaled = weight.mul(factor.reshape(-1, 1, 1, 1));
    Optional<Tensor> bias = Optional.of(shift.sub(mean.mul(factor)));
    return groups == 1
        ? Functional.conv(List.of(x), scaled, bias, stride, padding, false)
        : Functional.groupedConv(x, scaled, bias, stride, padding, groups);
  }

  /** Gives every parameter and running statistic under its name in torch. */
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "c.weight", weight);
    out.accept(prefix + "bn.weight", scale);
    out.accept(prefix + "bn.bias", shift);
    out.accept(prefix + "bn.running_mean", mean);
    out.accept(prefix + "bn.running_var", variance);
    out.accept(prefix + "bn.num_batches_tracked", batches);
  }
}
