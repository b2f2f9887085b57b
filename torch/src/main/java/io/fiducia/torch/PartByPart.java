package io.fiducia.torch;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Inference on large 3D feature maps of one sample, part by part, on the CPU: the same bits as the whole
 * operations give, in less memory.
 *
 * <p>oneDNN copies its input and output into a layout of its own, so that one convolution of 64 to 32
 * channels at 128 voxels cubed takes 0.8 GB beside its input and output; one slab of z after another takes
 * an eighth of that, in the same time. Normalised a few channels at a time, a map stays in the processor's
 * cache until it is activated.
 *
 * @param largeBytes bytes of input and output below which parts are not worth their copies
 * @param cachedBytes bytes that are normalised at a time: what fits a processor's cache beside their result
 */
record PartByPart(long largeBytes, long cachedBytes) {
  /** The sizes that were measured to pay (docs/performance.md). */
  static final PartByPart USUAL = new PartByPart(128L << 20, 16L << 20);

  /** Slabs of z, the largest count that divides the depth. */
  private static final int[] SLABS = {16, 8, 4, 2};

  /**
   * Whether oneDNN is to be called by name, in single precision. Torch's own choice falls back to a slow
   * kernel for single small images on the CPU, which is what prediction feeds; its backward would be slow
   * all the same, so training keeps torch's choice.
   */
  static boolean oneDnnIsFaster(Tensor x, Tensor weight) {
    return plain(x) && weight.dtype() == DType.FLOAT32 && Context.hasMKLDNN();
  }

  private static boolean plain(Tensor x) {
    return !Autograd.isEnabled() && x.size(0) == 1 && !x.handle().is_cuda()
        && x.dtype() == DType.FLOAT32
        && !torch.is_autocast_enabled(DeviceType.CPU)
        && x.handle().is_contiguous();
  }

  private int slabs(List<Tensor> parts, Tensor weight, long outputBytes, long thinnest) {
    if (parts.getFirst().dimensions() != 5
        || !parts.stream().allMatch(x -> oneDnnIsFaster(x, weight))
        || bytes(parts) + outputBytes < largeBytes) {
      return 1;
    }
    long depth = parts.getFirst().size(2);
    return Arrays.stream(SLABS).filter(n -> depth % n == 0 && depth / n >= thinnest).findFirst()
        .orElse(1);
  }

  private static long bytes(List<Tensor> parts) {
    return parts.stream().mapToLong(p -> 4 * p.numel()).sum();
  }

  /**
   * The convolution of the parts joined along their channels; empty if slabs would not pay or the output
   * has not the input's size, because of a stride, an even kernel or another padding.
   *
   * @param takeOver whether the first part's memory may become the result's: a slab is then written when
   *     the next one has read its overlap
   */
  Optional<Tensor> convolution(List<Tensor> parts, Tensor weight, Optional<Tensor> bias,
      long[] stride, long[] padding, boolean takeOver) {
    Tensor first = parts.getFirst();
    long outputBytes = 4 * weight.size(0) * (first.numel() / first.size(1));
    int slabs = keepsSize(weight, stride, padding) && parts.stream().allMatch(p -> alike(p, first))
        ? slabs(parts, weight, outputBytes, 2 * padding[0] + 1)
        : 1;
    if (slabs == 1) {
      return Optional.empty();
    }
    long depth = first.size(2);
    long thick = depth / slabs;
    long halo = padding[0];
    long channels = parts.stream().mapToLong(p -> p.size(1)).sum();
    boolean inPlace = takeOver && first.size(1) == weight.size(0);
    Tensor out = inPlace
        ? first
        : Tensor.empty(first.device(), 1, weight.size(0), depth, first.size(3), first.size(4));
    long[] inPlane = {0, padding[1], padding[2]};
    try (TorchScope scope = TorchScope.open("slabs")) {
      Tensor slab = Tensor.zeros(first.device(), 1, channels, thick + 2 * halo, first.size(3),
          first.size(4));
      Optional<Tensor> waiting = Optional.empty();
      for (int i = 0; i < slabs; i++) {
        if (i == slabs - 1) {
          // Padding behind the image; that before it is zero from the start.
          slab.narrow(2, thick + halo, halo).zero_();
        }
        fill(slab, parts, i * thick - halo);
        Tensor result = Functional.oneDnnConv(slab, weight, bias, stride, inPlane);
        if (i > 0) {
          write(waiting.orElseThrow(), out, (i - 1) * thick);
        }
        waiting = Optional.of(result);
      }
      write(waiting.orElseThrow(), out, (slabs - 1) * thick);
    }
    return Optional.of(out);
  }

  private static boolean keepsSize(Tensor weight, long[] stride, long[] padding) {
    return weight.dimensions() == 2 + padding.length
        && Arrays.stream(stride).allMatch(s -> s == 1)
        && IntStream.range(0, padding.length)
            .allMatch(a -> weight.size(2 + a) == 2 * padding[a] + 1);
  }

  /** Whether two maps have the same axes but for the number of channels. */
  private static boolean alike(Tensor a, Tensor b) {
    long[] shape = a.shape();
    if (shape.length == b.dimensions()) {
      shape[1] = b.size(1);
    }
    return Arrays.equals(shape, b.shape());
  }

  /** Copies the planes from {@code start} on, as far as there are any, of all parts into a slab. */
  private static void fill(Tensor slab, List<Tensor> parts, long start) {
    try (TorchScope scope = TorchScope.open("slab")) {
      long from = Math.max(0, start);
      long to = Math.min(parts.getFirst().size(2), start + slab.size(2));
      long channel = 0;
      for (Tensor part : parts) {
        slab.narrow(1, channel, part.size(1)).narrow(2, from - start, to - from)
            .copy_(part.narrow(2, from, to - from));
        channel += part.size(1);
      }
    }
  }

  /** Puts finished planes in their place and frees them. */
  private static void write(Tensor planes, Tensor out, long start) {
    try (TorchScope scope = TorchScope.open("slab")) {
      out.narrow(2, start, planes.size(2)).copy_(planes);
    }
    planes.free();
  }

  /**
   * The transposed convolution; empty if the map is small or the kernel is not the stride.
   *
   * <p>Such a convolution is one product of matrices, whose rows are then laid side by side: less than half
   * the time of oneDNN's own operation, and up to rounding the same numbers.
   */
  Optional<Tensor> transposed(Tensor x, Tensor weight, Optional<Tensor> bias,
      long[] stride) {
    long voxels = Arrays.stream(stride).reduce(x.numel() / x.size(1), Math::multiplyExact);
    long outputBytes = 4 * weight.size(1) * voxels;
    if (x.dimensions() != 5 || !oneDnnIsFaster(x, weight)
        || !Arrays.equals(Arrays.copyOfRange(weight.shape(), 2, weight.dimensions()), stride)
        || bytes(List.of(x)) + outputBytes < largeBytes / 4) {
      return Optional.empty();
    }
    int slabs = slabs(List.of(x), weight, outputBytes, 1);
    long thick = x.size(2) / slabs;
    Tensor out = Tensor.empty(x.device(), 1, weight.size(1), x.size(2) * stride[0],
        x.size(3) * stride[1], x.size(4) * stride[2]);
    for (int i = 0; i < slabs; i++) {
      try (TorchScope step = TorchScope.open("slab")) {
        upsample(x.narrow(2, i * thick, thick), weight, bias,
            out.narrow(2, i * thick * stride[0], thick * stride[0]));
      }
    }
    return Optional.of(out);
  }

  /** Writes the transposed convolution of planes to their place. */
  private static void upsample(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor out) {
    long in = weight.size(0);
    long features = weight.size(1);
    long[] k = Arrays.copyOfRange(weight.shape(), 2, 5);
    long[] size = {x.size(2), x.size(3), x.size(4)};
    Tensor products = Functional.product(
        weight.reshape(in, features * k[0] * k[1] * k[2]).permute(1, 0),
        x.reshape(in, size[0] * size[1] * size[2])).reshape(features, -1);
    bias.ifPresent(b -> products.add_(b.reshape(features, 1)));
    Tensor rows = products.reshape(features, k[0], k[1], k[2], size[0], size[1], size[2]);
    Tensor target = out.reshape(features, size[0], k[0], size[1], k[1], size[2], k[2]);
    for (long i = 0; i < k[2]; i++) {
      target.narrow(6, i, 1).copy_(rows.narrow(3, i, 1).permute(0, 4, 1, 5, 2, 6, 3));
    }
  }

  /** Normalises and activates x in place; whether it did. */
  boolean normalised_(Tensor x, Tensor weight, Tensor bias, double eps,
      OptionalDouble slope) {
    if (x.dimensions() != 5 || !plain(x) || 4 * x.numel() < largeBytes) {
      return false;
    }
    long channels = x.size(1);
    long count = Math.max(1, Math.min(channels, cachedBytes * channels / (4 * x.numel())));
    for (long c = 0; c < channels; c += count) {
      try (TorchScope step = TorchScope.open("channels")) {
        long n = Math.min(count, channels - c);
        Tensor part = x.narrow(1, c, n);
        Tensor done = Functional.instanceNorm(part, weight.narrow(0, c, n), bias.narrow(0, c, n),
            eps);
        slope.ifPresent(s -> Functional.leakyRelu_(done, s));
        part.copy_(done);
      }
    }
    return true;
  }
}
