package io.fiducia.universeg.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import java.util.Optional;
import java.util.function.BiConsumer;

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
 * side.
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

  /** What a block makes of a target and its supports. */
  record Both(Tensor target, Tensor support) {}

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
   * The part of supports (S, channels, y, x) that no target changes; see {@link #forward(Tensor, Tensor,
   * Tensor)}.
   */
  Tensor first(Tensor v) {
    try (TorchScope scope = TorchScope.open("support")) {
      Tensor q = ofSupport(v);
      return scope.keep(form == NetworkShape.Form.UNIVERSEG
          ? conv(q, support.weight(), Optional.empty())
          : q);
    }
  }

  /** The block's result for targets and all supports. */
  Both forward(Tensor u, Tensor v) {
    try (TorchScope scope = TorchScope.open("cross block")) {
      Tensor a = ofTarget(u);
      Tensor q = ofSupport(v);
      Tensor z = perTarget(q, a);
      if (form == NetworkShape.Form.MULTIVERSEG) {
        Functional.leakyRelu_(z, SLOPE);
      }
      Tensor mean = mean(z, u.size(0));
      return new Both(scope.keep(target.apply(mean)), scope.keep(support.apply(z)));
    }
  }

  /**
   * The result of an encoder's first block, whose supports' part was prepared.
   *
   * @param v mean over the supports of each target's (batch, channels, y, x); for MultiverSeg not used
   * @param prepared {@link #first} of the supports (batch · S, features, y, x); it stays as it is
   */
  Both forward(Tensor u, Tensor v, Tensor prepared) {
    try (TorchScope scope = TorchScope.open("first block")) {
      Tensor a = ofTarget(u);
      if (form == NetworkShape.Form.MULTIVERSEG) {
        Tensor z = Functional.leakyRelu_(perTarget(prepared, a), SLOPE);
        Tensor mean = mean(z, u.size(0));
        return new Both(scope.keep(target.apply(mean)), scope.keep(support.apply(z)));
      }
      Tensor mean = a.add(ofSupport(v));
      Tensor own = conv(a, support.weight(), Optional.of(support.bias()));
      return new Both(scope.keep(target.apply(mean)),
          scope.keep(support.finish(perTarget(prepared, own))));
    }
  }

  /**
   * The target's result alone, as the last block needs it.
   *
   * @param v for UniverSeg the mean over the supports of each target, for MultiverSeg all supports
   */
  Tensor targetOnly(Tensor u, Tensor v) {
    try (TorchScope scope = TorchScope.open("last block")) {
      Tensor a = ofTarget(u);
      if (form == NetworkShape.Form.UNIVERSEG) {
        return scope.keep(target.apply(a.add(ofSupport(v))));
      }
      Tensor z = Functional.leakyRelu_(perTarget(ofSupport(v), a), SLOPE);
      return scope.keep(target.apply(mean(z, u.size(0))));
    }
  }

  /** Each target's features added to those of its supports. */
  private static Tensor perTarget(Tensor support, Tensor target) {
    long batch = target.size(0);
    long[] s = support.shape();
    if (batch == 1) {
      return support.add(target);
    }
    return support.reshape(batch, s[0] / batch, s[1], s[2], s[3]).add(target.unsqueeze(1))
        .reshape(s);
  }

  /** The mean over each target's supports, (batch, channels, y, x). */
  static Tensor mean(Tensor support, long batch) {
    long[] s = support.shape();
    return support.reshape(batch, s[0] / batch, s[1], s[2], s[3]).mean(false, 1);
  }
}
