package io.fiducia.universeg.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * A CrossBlock: every support slice meets the target slice, the target learns from the mean of all
 * meetings, each support slice from its own (Butoi et al. 2023, section 3.2).
 *
 * <p>The convolution over [target, support] is the sum of one over the target, done once, and one over
 * each support slice; the sums are the same up to rounding. In UniverSeg what follows is linear up to the
 * activation, so that the part of a support slice, both convolutions included, does not depend on the
 * target: the first block's is computed once per support slice ({@link #first}), whatever the number
 * of target slices.
 *
 * <p>Targets are (batch, channels, y, x), supports (batch · S, channels, y, x), those of one target side by
 * side. The supports of a single target come in chunks that a processor's cache holds.
 */
final class CrossBlock {
  private static final double SLOPE = 0.01;
  private static final double EPS = 1e-5;
  private static final long[] ONE = {1, 1};

  private final NetworkShape.Form form;
  private final int targetIn;
  private final int supportIn;
  private final Tensor crossWeight;
  private final Tensor crossBias;
  private final Branch target;
  private final Branch support;

  /** Convolution of one side, normalised in MultiverSeg. */
  private record Branch(Tensor weight, Tensor bias, Optional<Tensor> scale,
      Optional<Tensor> shift) {
    static Branch create(Initializer init, NetworkShape shape) {
      boolean norm = shape.form() == NetworkShape.Form.MULTIVERSEG;
      Tensor weight = init.kaimingNormal(SLOPE, shape.width(), shape.width(), 3, 3);
      Tensor bias = init.constant(0, shape.width());
      return new Branch(weight, bias,
          norm ? Optional.of(init.constant(1, shape.width())) : Optional.empty(),
          norm ? Optional.of(init.constant(0, shape.width())) : Optional.empty());
    }

    Tensor apply(Tensor z) {
      return finish(conv(z, weight, Optional.of(bias)));
    }

    /** Activation of a convolution's result, which may be overwritten, and normalisation. */
    Tensor finish(Tensor convolved) {
      Tensor active = Functional.leakyRelu_(convolved, SLOPE);
      return scale.map(s -> Functional.groupNorm(active, 1, s, shift.orElseThrow(), EPS))
          .orElse(active);
    }

    void collect(String prefix, BiConsumer<String, Tensor> out) {
      out.accept(prefix + "vmapped.conv.weight", weight);
      out.accept(prefix + "vmapped.conv.bias", bias);
      scale.ifPresent(s -> out.accept(prefix + "vmapped.norml.weight", s));
      shift.ifPresent(s -> out.accept(prefix + "vmapped.norml.bias", s));
    }
  }

  /** What a block makes of a target and its supports, in the supports' chunks. */
  record Both(Tensor target, List<Tensor> support) {}

  CrossBlock(Initializer init, NetworkShape shape, int targetIn, int supportIn) {
    this.form = shape.form();
    this.targetIn = targetIn;
    this.supportIn = supportIn;
    // The cross convolution has no activation of its own in UniverSeg, hence a linear gain.
    this.crossWeight = init.kaimingNormal(form == NetworkShape.Form.UNIVERSEG ? 1 : SLOPE,
        shape.width(), targetIn + supportIn, 3, 3);
    this.crossBias = init.constant(0, shape.width());
    this.target = Branch.create(init, shape);
    this.support = Branch.create(init, shape);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "cross.cross_conv.weight", crossWeight);
    out.accept(prefix + "cross.cross_conv.bias", crossBias);
    target.collect(prefix + "target.", out);
    support.collect(prefix + "support.", out);
  }

  private static Tensor conv(Tensor x, Tensor weight, Optional<Tensor> bias) {
    return Functional.conv(x, weight, bias, ONE, ONE);
  }

  private Tensor ofTarget(Tensor u) {
    return conv(u, crossWeight.narrow(1, 0, targetIn).contiguous(), Optional.of(crossBias));
  }

  private Tensor ofSupport(Tensor v) {
    return conv(v, crossWeight.narrow(1, targetIn, supportIn).contiguous(), Optional.empty());
  }

  /**
   * The part of supports (S, channels, y, x) that no target changes, for {@link #firstPooled} and {@link
   * #forwardPrepared}.
   */
  Tensor first(Tensor v) {
    try (TorchScope scope = TorchScope.open("support")) {
      Tensor q = ofSupport(v);
      return scope.keep(form == NetworkShape.Form.UNIVERSEG
          ? conv(q, support.weight(), Optional.empty())
          : q);
    }
  }

  /** The block's result for targets and their supports, given in chunks. */
  Both forward(Tensor u, List<Tensor> v) {
    try (TorchScope scope = TorchScope.open("cross block")) {
      Tensor a = ofTarget(u);
      PerTarget sum = new PerTarget(u.size(0));
      List<Tensor> out = new ArrayList<>();
      for (Tensor chunk : v) {
        try (TorchScope part = TorchScope.open("supports")) {
          Tensor z = sum.added(ofSupport(chunk), a);
          if (form == NetworkShape.Form.MULTIVERSEG) {
            Functional.leakyRelu_(z, SLOPE);
          }
          sum.count(z, part);
          out.add(part.keep(support.apply(z)));
        }
      }
      out.forEach(scope::keep);
      return new Both(scope.keep(target.apply(sum.mean())), out);
    }
  }

  /**
   * UniverSeg's first block, from supports that are prepared. Supports leave it at half resolution, since
   * all that is needed of them at full resolution is their mean.
   *
   * @param v mean of the support slices of each target (batch, channels, y, x)
   * @param prepared {@link #first} of the supports in chunks; they stay as they are
   */
  First firstPooled(Tensor u, Tensor v, List<Tensor> prepared) {
    try (TorchScope scope = TorchScope.open("first block")) {
      Tensor a = ofTarget(u);
      Tensor own = conv(a, support.weight(), Optional.of(support.bias()));
      PerTarget sum = new PerTarget(u.size(0));
      List<Tensor> out = new ArrayList<>();
      for (Tensor chunk : prepared) {
        try (TorchScope part = TorchScope.open("supports")) {
          Tensor features = support.finish(sum.added(chunk, own));
          sum.count(features, part);
          out.add(part.keep(InContextNetwork.pooled(features)));
        }
      }
      out.forEach(scope::keep);
      return new First(new Both(scope.keep(target.apply(a.add(ofSupport(v)))), out),
          scope.keep(sum.mean()));
    }
  }

  /**
   * What {@link #firstPooled} gives.
   *
   * @param both the target at full resolution, supports at half
   * @param supportMean mean of each target's supports, at full resolution
   */
  record First(Both both, Tensor supportMean) {}

  /** MultiverSeg's first block, from supports that are prepared; they stay as they are. */
  Both forwardPrepared(Tensor u, List<Tensor> prepared) {
    try (TorchScope scope = TorchScope.open("first block")) {
      Tensor a = ofTarget(u);
      PerTarget sum = new PerTarget(u.size(0));
      List<Tensor> out = new ArrayList<>();
      for (Tensor chunk : prepared) {
        try (TorchScope part = TorchScope.open("supports")) {
          Tensor z = Functional.leakyRelu_(sum.added(chunk, a), SLOPE);
          sum.count(z, part);
          out.add(part.keep(support.apply(z)));
        }
      }
      out.forEach(scope::keep);
      return new Both(scope.keep(target.apply(sum.mean())), out);
    }
  }

  /**
   * The target's result alone, as the last block needs it.
   *
   * @param v for UniverSeg one chunk, the mean over the supports of each target; for MultiverSeg all
   *     supports, each chunk made when it is needed
   */
  Tensor targetOnly(Tensor u, List<Supplier<Tensor>> v) {
    try (TorchScope scope = TorchScope.open("last block")) {
      Tensor a = ofTarget(u);
      if (form == NetworkShape.Form.UNIVERSEG) {
        return scope.keep(target.apply(a.add(ofSupport(v.getFirst().get()))));
      }
      PerTarget sum = new PerTarget(u.size(0));
      for (Supplier<Tensor> chunk : v) {
        try (TorchScope part = TorchScope.open("supports")) {
          sum.count(Functional.leakyRelu_(sum.added(ofSupport(chunk.get()), a), SLOPE), part);
        }
      }
      return scope.keep(target.apply(sum.mean()));
    }
  }

  /** Sums and means over the supports of each target. With gradients there is one chunk only. */
  static final class PerTarget {
    private final long batch;
    private Optional<Tensor> sum = Optional.empty();
    private long count;

    PerTarget(long batch) {
      this.batch = batch;
    }

    /** Each target's features added to those of its supports; a new tensor. */
    Tensor added(Tensor support, Tensor target) {
      return batch == 1
          ? support.add(target)
          : split(support).add(target.unsqueeze(1)).reshape(support.shape());
    }

    private Tensor split(Tensor support) {
      long[] s = support.shape();
      return support.reshape(batch, s[0] / batch, s[1], s[2], s[3]);
    }

    /** Adds supports to the sum; {@code inner} is the open scope, directly within this one's. */
    void count(Tensor support, TorchScope inner) {
      Tensor of = split(support).sum(false, 1);
      if (sum.isEmpty()) {
        sum = Optional.of(inner.keep(of));
      } else {
        sum.get().add_(of);
      }
      count += support.size(0) / batch;
    }

    /** The mean over the supports of each target, (batch, channels, y, x). */
    Tensor mean() {
      return sum.orElseThrow().div(count);
    }
  }

  /** The mean over each target's supports, (batch, channels, y, x). */
  static Tensor mean(List<Tensor> chunks, long batch) {
    try (TorchScope scope = TorchScope.open("mean")) {
      PerTarget sum = new PerTarget(batch);
      for (Tensor chunk : chunks) {
        try (TorchScope part = TorchScope.open("supports")) {
          sum.count(chunk, part);
        }
      }
      return scope.keep(sum.mean());
    }
  }
}
