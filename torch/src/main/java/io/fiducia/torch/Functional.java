package io.fiducia.torch;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The operations of neural networks, without state. Images are (batch, channel, y, x) or (batch,
 * channel, z, y, x); which one follows from the weight's axes.
 */
public final class Functional {
  private Functional() {}

  /** Convolution with zero padding; weight (out, in, kernel...), bias (out). */
  public static Tensor conv(
      Tensor x,
      Tensor weight,
      Optional<Tensor> bias,
      long[] stride,
      long[] padding) {
    return conv(List.of(x), weight, bias, stride, padding, false);
  }

  /**
   * Convolution with zero padding of feature maps joined along their channels.
   *
   * @param takeOver whether the first map is not needed after: its memory may be the result's, which then
   *     is that tensor itself
   */
  public static Tensor conv(
      List<Tensor> parts,
      Tensor weight,
      Optional<Tensor> bias,
      long[] stride,
      long[] padding,
      boolean takeOver) {
    return PartByPart.USUAL.convolution(parts, weight, bias, stride, padding, takeOver)
        .orElseGet(() -> whole(parts, weight, bias, stride, padding));
  }

  private static Tensor whole(
      List<Tensor> parts,
      Tensor weight,
      Optional<Tensor> bias,
      long[] stride,
      long[] padding) {
    if (parts.size() > 1) {
      Tensor joined = Tensor.cat(parts, 1);
      Tensor result = whole(List.of(joined), weight, bias, stride, padding);
      joined.free();
      return result;
    }
    Tensor x = parts.getFirst();
    if (PartByPart.oneDnnIsFaster(x, weight)) {
      return oneDnnConv(x, weight, bias, stride, padding);
    }
    long[] dilation = ones(stride.length);
    return Tensor.wrap(Native.call("conv", () -> stride.length == 2
        ? torch.conv2d(x.handle(), weight.handle(), optional(bias), stride, padding, dilation, 1)
        : torch.conv3d(x.handle(), weight.handle(), optional(bias), stride, padding, dilation, 1),
        x, weight));
  }

  static Tensor oneDnnConv(
      Tensor x,
      Tensor weight,
      Optional<Tensor> bias,
      long[] stride,
      long[] padding) {
    return Tensor.wrap(Native.call("conv",
        () -> torch.mkldnn_convolution(x.handle(), weight.handle(), optional(bias), padding,
            stride, ones(stride.length), 1),
        x, weight));
  }

  /** Transposed convolution whose kernel equals its stride; weight (in, out, kernel...). */
  public static Tensor convTransposed(
      Tensor x,
      Tensor weight,
      Optional<Tensor> bias,
      long[] stride) {
    return PartByPart.USUAL.transposed(x, weight, bias, stride)
        .orElseGet(() -> wholeTransposed(x, weight, bias, stride));
  }

  static Tensor wholeTransposed(
      Tensor x,
      Tensor weight,
      Optional<Tensor> bias,
      long[] stride) {
    return Tensor.wrap(Native.call("conv_transpose", () -> {
      long[] dilation = ones(stride.length);
      long[] none = new long[stride.length];
      return stride.length == 2
          ? torch.conv_transpose2d(x.handle(), weight.handle(), optional(bias), stride, none, none,
              1, dilation)
          : torch.conv_transpose3d(x.handle(), weight.handle(), optional(bias), stride, none, none,
              1, dilation);
    }, x, weight));
  }

  /**
   * Each channel of each sample brought to mean 0 and (biased) variance 1, then scaled and shifted
   * per channel.
   *
   * <p>Computed as group normalisation with one channel per group: the same numbers to rounding as
   * torch's instance_norm, which on the CPU copies weights per sample and is slower. A single sample
   * whose channels lie last is normalised as a batch of one, which is faster still; its sums are less
   * exact (about 1e-4), which is why single precision is not computed in that layout.
   */
  public static Tensor instanceNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
    if (!Autograd.isEnabled() && x.size(0) == 1 && x.isChannelsLast()) {
      TensorOptional none = new TensorOptional();
      return Tensor.wrap(Native.call("instance_norm",
          () -> torch.batch_norm(x.handle(), new TensorOptional(weight.handle()),
              new TensorOptional(bias.handle()), none, none, true, 0, eps, false),
          x, weight));
    }
    return Tensor.wrap(Native.call("instance_norm",
        () -> torch.group_norm(x.handle(), x.handle().size(1),
            new TensorOptional(weight.handle()), new TensorOptional(bias.handle()), eps, true),
        x, weight));
  }

  /**
   * {@link #instanceNorm}, then, if there is a slope, {@link #leakyRelu_}. Takes x over: its memory may be
   * the result's, and it is not to be used after.
   */
  public static Tensor instanceNormActivated(Tensor x, Tensor weight, Tensor bias, double eps,
      OptionalDouble slope) {
    if (PartByPart.USUAL.normalised_(x, weight, bias, eps, slope)) {
      return x;
    }
    Tensor result = instanceNorm(x, weight, bias, eps);
    x.free();
    slope.ifPresent(s -> leakyRelu_(result, s));
    return result;
  }

  /** Normalised over the last axes, whose shape is the weight's, then scaled and shifted. */
  public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
    return Tensor.wrap(Native.call("layer_norm",
        () -> torch.layer_norm(x.handle(), weight.shape(), new TensorOptional(weight.handle()),
            new TensorOptional(bias.handle()), eps, true),
        x, weight));
  }

  /** x where positive, slope·x elsewhere, written over x. */
  public static Tensor leakyRelu_(Tensor x, double slope) {
    Native.run("leaky_relu_", () -> torch.leaky_relu_(x.handle(), new Scalar(slope)), x);
    return x;
  }

  /** x where positive, 0 elsewhere. */
  public static Tensor relu(Tensor x) {
    return Tensor.wrap(Native.call("relu", () -> torch.relu(x.handle()), x));
  }

  /**
   * x·Φ(x), Φ being the normal distribution (not its approximation by tanh).
   *
   * @param takeOver whether x is not needed after: then its memory is the result's, unless gradients are
   *     recorded
   */
  public static Tensor gelu(Tensor x, boolean takeOver) {
    if (takeOver && !Autograd.isEnabled()) {
      Native.run("gelu_", () -> torch.gelu_(x.handle()), x);
      return x;
    }
    return Tensor.wrap(Native.call("gelu", () -> torch.gelu(x.handle()), x));
  }

  /**
   * softmax(scale·q·kᵀ + bias)·v over the last two axes, in one operation that never holds the whole product.
   *
   * @param q queries (batch, heads, n, width)
   * @param k keys (batch, heads, m, width)
   * @param v values (batch, heads, m, width)
   * @param bias added before the softmax: (batch, heads, n, m), or length 1 where it is the same
   */
  public static Tensor attention(Tensor q, Tensor k, Tensor v, Optional<Tensor> bias,
      double scale) {
    return Tensor.wrap(Native.call("scaled_dot_product_attention",
        () -> BlasThreads.single(() -> torch.scaled_dot_product_attention(q.handle(), k.handle(),
            v.handle(), optional(bias), 0, false, new DoubleOptional(scale), false)),
        q, k, v));
  }

  /** Convolution of images in which each group of channels sees its own group of inputs only. */
  public static Tensor groupedConv(Tensor x, Tensor weight, Optional<Tensor> bias, long[] stride,
      long[] padding, long groups) {
    boolean oneDnn = PartByPart.oneDnnIsFaster(x, weight);
    return Tensor.wrap(Native.call("conv", () -> oneDnn
        ? torch.mkldnn_convolution(x.handle(), weight.handle(), optional(bias), padding, stride,
            ones(2), groups)
        : torch.conv2d(x.handle(), weight.handle(), optional(bias), stride, padding, ones(2),
            groups),
        x, weight));
  }

  /**
   * Zeros added around the last axes.
   *
   * @param beforeAfter number of elements before and after the last axis, then the one before it, ...
   */
  public static Tensor pad(Tensor x, long... beforeAfter) {
    return Tensor.wrap(Native.call("constant_pad_nd",
        () -> torch.constant_pad_nd(x.handle(), beforeAfter), x));
  }

  /** Mean over non-overlapping windows; what does not fill a window at the end is dropped. */
  public static Tensor averagePool(Tensor x, long[] window) {
    return Tensor.wrap(Native.call("avg_pool", () -> {
      long[] none = new long[window.length];
      return window.length == 2
          ? torch.avg_pool2d(x.handle(), window, window, none, false, true, new LongOptional())
          : torch.avg_pool3d(x.handle(), window, window, none, false, true, new LongOptional());
    }, x));
  }

  /** Maximum over non-overlapping windows; what does not fill a window at the end is dropped. */
  public static Tensor maxPool(Tensor x, long[] window) {
    return Tensor.wrap(Native.call("max_pool", () -> {
      long[] none = new long[window.length];
      return window.length == 2
          ? torch.max_pool2d(x.handle(), window, window, none, ones(2), false)
          : torch.max_pool3d(x.handle(), window, window, none, ones(3), false);
    }, x));
  }

  /** Images (batch, channel, y, x) linearly interpolated to another size; corner pixels keep their place. */
  public static Tensor resizeAligned(Tensor x, long height, long width) {
    return Tensor.wrap(Native.call("upsample_bilinear2d",
        () -> torch.upsample_bilinear2d(x.handle(), new long[]{height, width}, true), x));
  }

  /** Images (batch, channel, y, x) linearly interpolated to another size; borders of pixels keep their place. */
  public static Tensor resize(Tensor x, long height, long width) {
    return Tensor.wrap(Native.call("upsample_bilinear2d",
        () -> torch.upsample_bilinear2d(x.handle(), new long[]{height, width}, false), x));
  }

  /** Lines (batch, channel, x) linearly interpolated to another length; borders keep their place. */
  public static Tensor resizeLine(Tensor x, long length) {
    return Tensor.wrap(Native.call("upsample_linear1d",
        () -> torch.upsample_linear1d(x.handle(), new long[]{length}, false,
            new DoubleOptional()),
        x));
  }

  /**
   * Groups of channels of each sample brought to mean 0 and (biased) variance 1, then scaled and shifted
   * per channel.
   */
  public static Tensor groupNorm(Tensor x, long groups, Tensor weight, Tensor bias, double eps) {
    return Tensor.wrap(Native.call("group_norm",
        () -> torch.group_norm(x.handle(), groups, new TensorOptional(weight.handle()),
            new TensorOptional(bias.handle()), eps, true),
        x, weight));
  }

  /** x where positive, slope·x elsewhere, the slope being learned: one, or one per channel. */
  public static Tensor prelu(Tensor x, Tensor slope) {
    return Tensor.wrap(Native.call("prelu", () -> torch.prelu(x.handle(), slope.handle()), x,
        slope));
  }

  /** x·weightᵀ + bias over the last axis; weight (out, in). */
  public static Tensor linear(Tensor x, Tensor weight, Optional<Tensor> bias) {
    return Tensor.wrap(Native.call("linear",
        () -> torch.linear(x.handle(), weight.handle(), optional(bias)), x, weight));
  }

  /** The product of two matrices. */
  static Tensor product(Tensor a, Tensor b) {
    return Tensor.wrap(Native.call("mm", () -> torch.mm(a.handle(), b.handle()), a, b));
  }

  /**
   * Mean cross entropy of logits (batch, class, ...) and class indices (batch, ...), int64; voxels
   * of {@code ignoreIndex} do not count, and if all are ignored the result is NaN.
   */
  public static Tensor crossEntropy(Tensor logits, Tensor target, long ignoreIndex) {
    return Tensor.wrap(Native.call("cross_entropy_loss",
        () -> torch.cross_entropy_loss(logits.handle(), target.handle(), new TensorOptional(),
            1, ignoreIndex, 0),
        logits, target));
  }

  /** Binary cross entropy of logits and targets in [0, 1], per element. */
  public static Tensor binaryCrossEntropyPerElement(Tensor logits, Tensor target) {
    return Tensor.wrap(Native.call("binary_cross_entropy_with_logits",
        () -> torch.binary_cross_entropy_with_logits(logits.handle(), target.handle(),
            new TensorOptional(), new TensorOptional(), 0),
        logits, target));
  }

  /** The Euclidean norm over all gradients of the parameters that have one, as float32. */
  public static double gradientNorm(List<Tensor> parameters) {
    try (TorchScope scope = TorchScope.open("gradientNorm")) {
      List<Tensor> norms = parameters.stream().filter(Tensor::hasGrad)
          .map(p -> norm(p.grad()).reshape(1)).toList();
      return norms.isEmpty() ? 0 : norm(Tensor.cat(norms, 0)).item();
    }
  }

  private static Tensor norm(Tensor x) {
    return Tensor.wrap(Native.call("linalg_vector_norm",
        () -> torch.linalg_vector_norm(x.handle()), x));
  }

  /** Values limited to [low, high]. */
  public static Tensor clamp(Tensor x, double low, double high) {
    return Tensor.wrap(Native.call("clamp",
        () -> x.handle().clamp(new ScalarOptional(new Scalar(low)),
            new ScalarOptional(new Scalar(high))),
        x));
  }

  private static TensorOptional optional(Optional<Tensor> tensor) {
    return tensor.map(t -> new TensorOptional(t.handle())).orElseGet(TensorOptional::new);
  }

  private static long[] ones(int n) {
    long[] out = new long[n];
    java.util.Arrays.fill(out, 1);
    return out;
  }
}
