package io.fiducia.promptable.adapt.layer;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * A linear layer with low-rank additions (Hu et al., ICLR 2022): for some parts of its output, {@code scale · B A
 * x} is added. A starts as Kaiming-uniform(√5), B as zeros, so that the start equals the layer.
 */
public final class LowRankLinear implements LinearMap {
  private final Linear base;
  private final Layout layout;
  private final double scale;
  /** In the order of the output's parts. */
  private final List<Optional<Pair>> pairs = new ArrayList<>();

  /**
   * How the output is divided: (groups, parts, width), the last fastest. SAM's queries, keys and values are 3
   * parts of one group; TinyViT has a group for each head.
   *
   * @param names one for each part
   */
  record Layout(int groups, List<String> names) {
    Layout {
      names = List.copyOf(names);
    }
  }

  /**
   * One addition.
   *
   * @param a (rank, in)
   * @param b (part of the output, rank)
   */
  private record Pair(Tensor a, Tensor b) {}

  /**
   * Adds to a layer.
   *
   * @param base the layer; its own weights are not changed
   * @param wanted names of the parts that get an addition
   * @param owner of the new parameters
   */
  LowRankLinear(Linear base, Layout layout, List<String> wanted, LowRank settings,
      TensorOwner owner, RandomGenerator random) {
    this.base = base;
    this.layout = layout;
    this.scale = settings.scale();
    int in = Math.toIntExact(base.weight().size(1));
    int out = Math.toIntExact(base.weight().size(0)) / layout.names().size();
    for (String name : layout.names()) {
      pairs.add(wanted.contains(name)
          ? Optional.of(pair(base, owner, random, new int[]{in, settings.rank(), out}))
          : Optional.empty());
    }
  }

  private static Pair pair(Linear base, TensorOwner owner, RandomGenerator random, int[] sizes) {
    int in = sizes[0];
    int rank = sizes[1];
    float[] a = new float[rank * in];
    double bound = 1 / Math.sqrt(in);
    for (int i = 0; i < a.length; i++) {
      a[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    try (TorchScope scope = TorchScope.open("low-rank addition")) {
      return new Pair(
          owner.adopt(Tensor.of(a, base.weight().device(), rank, in)).requiresGrad_(true),
          owner.adopt(Tensor.zeros(base.weight().device(), sizes[2], rank)).requiresGrad_(true));
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    try (TorchScope scope = TorchScope.open("low-rank layer")) {
      Tensor y = base.forward(x);
      long width = y.size(y.dimensions() - 1) / layout.groups() / pairs.size();
      long rows = y.numel() / y.size(y.dimensions() - 1);
      List<Tensor> added = new ArrayList<>();
      for (Optional<Pair> pair : pairs) {
        added.add(pair
            .map(p -> Functional.linear(Functional.linear(x, p.a, Optional.empty()), p.b,
                Optional.empty()).mul(scale).reshape(rows, layout.groups(), 1, width))
            .orElseGet(() -> Tensor.zeros(y.device(), 1, 1, 1, 1).expand(rows, layout.groups(), 1,
                width)));
      }
      return scope.keep(y.add(joined(added).reshape(y.shape())));
    }
  }

  private static Tensor joined(List<Tensor> parts) {
    return parts.size() == 1 ? parts.getFirst() : Tensor.cat(parts, 2);
  }

  /** The weight (out, in) of the plain layer that gives the same results up to rounding. */
  Tensor mergedWeight() {
    try (TorchScope scope = TorchScope.open("merge"); Autograd.Guard off = Autograd.noGrad()) {
      long in = base.weight().size(1);
      long width = base.weight().size(0) / layout.groups() / pairs.size();
      List<Tensor> added = new ArrayList<>();
      for (Optional<Pair> pair : pairs) {
        added.add(pair
            .map(p -> p.b.matmul(p.a).mul(scale).reshape(layout.groups(), 1, width, in))
            .orElseGet(() -> Tensor.zeros(base.weight().device(), layout.groups(), 1, width, in)));
      }
      Tensor all = added.size() == 1 ? added.getFirst() : Tensor.cat(added, 1);
      return scope.keep(base.weight().detach().add(all.reshape(base.weight().shape())));
    }
  }

  /** The weight of the layer without additions. */
  Tensor baseWeight() {
    return base.weight();
  }

  /** Gives the layer's own parameters under their names, and the additions as {@code lora.PART.a} and {@code b}. */
  @Override
  public void collect(String prefix, BiConsumer<String, Tensor> out) {
    base.collect(prefix, out);
    for (int i = 0; i < pairs.size(); i++) {
      String name = prefix + Additions.LOW_RANK + layout.names().get(i);
      pairs.get(i).ifPresent(p -> {
        out.accept(name + ".a", p.a);
        out.accept(name + ".b", p.b);
      });
    }
  }
}
