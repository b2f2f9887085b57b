package io.fiducia.learn.window;

import io.fiducia.base.Cancellation;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongConsumer;

/**
 * Predicts a whole image by overlapping patches: their logits are weighted by a Gaussian, summed, and
 * divided by the sum of the weights, as nnU-Net does.
 *
 * <p>Patches advance along the first axis, and a plane of the result is handed on as soon as no later
 * patch can change it. So sums are held only for as many planes as one patch is deep.
 *
 * <p>Difference from nnU-Net: sums are kept in single precision. nnU-Net keeps them in half
 * precision, which rounds the logits of outer corners to whole numbers; {@link Accumulation#HALF}
 * does the same, operation by operation.
 *
 * <p>Patches of one constant value have one result, which is computed once: the same bits in less time.
 */
public final class SlidingWindow {
  /** Precision of the sums. */
  public enum Accumulation {
    SINGLE,
    HALF
  }

  /**
   * A network: a patch (1, channels, z, y, x) or (1, channels, y, x) to its result likewise.
   *
   * <p>The result may be the features that the last layer, an affine one, reads: with many outputs and
   * few features this takes less memory. {@link #logits} is then that layer. Single precision applies it
   * to averaged features: averaged logits, up to rounding, in less time. {@link Accumulation#HALF} applies
   * it to a few planes of each patch at a time: logits of a whole patch never exist.
   */
  @FunctionalInterface
  public interface Network {
    Tensor apply(Tensor patch);

    /**
     * Logits (output, z, y, x) of some planes (channel, z, y, x) of a result, voxel by voxel; affine. The
     * caller may change what it gets.
     */
    default Tensor logits(Tensor planes) {
      return planes;
    }
  }

  /** Takes the planes of a result in order. */
  @FunctionalInterface
  public interface PlaneSink {
    /**
     * Takes one plane.
     *
     * @param z from 0
     * @param logits (output, y, x) of the plane, valid until the plane after the next is given
     */
    void accept(int z, float[] logits);
  }

  private final int[] patch;
  private final double stepFraction;
  private final List<long[]> mirrorings;
  private final Accumulation accumulation;

  /**
   * A sliding window.
   *
   * @param patch the network's patch, (z, y, x); for a 2D network the first entry is 1
   * @param stepFraction distance between neighbouring patches as a share of the patch
   * @param mirrorAxes axes over all of whose combinations the prediction is averaged, a 2D network's
   *     counted from y; empty: none
   */
  public SlidingWindow(int[] patch, double stepFraction, List<Integer> mirrorAxes,
      Accumulation accumulation) {
    this.patch = patch.clone();
    this.stepFraction = stepFraction;
    this.mirrorings = combinations(mirrorAxes);
    this.accumulation = accumulation;
  }

  /**
   * An image as the window sees it.
   *
   * @param data one array of (z, y, x) per channel
   * @param emptyBelow a patch is not computed if no voxel of the image in it reaches this value in the
   *     first channel. Only voxels of such patches can change: their average is over the other patches
   *     that cover them, or {@link Networks#empty} if there is none. Without a value, all patches are
   *     computed
   */
  public record Image(float[][] data, int[] shape, OptionalDouble emptyBelow) {
    /** An image of which all patches are computed. */
    public Image(float[][] data, int[] shape) {
      this(data, shape, OptionalDouble.empty());
    }
  }

  /**
   * Networks whose results are averaged.
   *
   * @param networks all with the same number of channels; in single precision, several must give logits
   *     themselves
   * @param channels of a network's result
   * @param empty the logits of a voxel that no computed patch covers, one per output
   */
  public record Networks(List<Network> networks, int channels, float[] empty) {
    public Networks {
      networks = List.copyOf(networks);
    }

    /** Networks that give logits themselves; those of uncovered voxels are zero. */
    public static Networks ofLogits(int outputs, List<Network> networks) {
      return new Networks(networks, outputs, new float[outputs]);
    }

    /** The number of logits of a voxel. */
    int outputs() {
      return empty.length;
    }
  }

  /**
   * How one prediction runs.
   *
   * @param memory where sums are held
   * @param patchDone receives the number of computed patches, all networks together, up to {@link
   *     #tileCount} for each network
   * @param cancellation a request to stop, noticed before each patch and each plane
   */
  public record Run(SumMemory memory, LongConsumer patchDone, Cancellation cancellation) {}

  /**
   * Where the patches of an image lie.
   *
   * @param padded (z, y, x) of the image after padding to the patch
   * @param before voxels of padding in front of the image, by axis
   * @param starts first voxels of the patches, by axis
   */
  private record Layout(int[] padded, int[] before, int[][] starts) {
    Layout(int[] shape, int[] patch, double stepFraction) {
      this(new int[3], new int[3], new int[3][]);
      for (int a = 0; a < 3; a++) {
        // nnU-Net pads both sides, the odd voxel after the image.
        padded[a] = Math.max(shape[a], patch[a]);
        before[a] = (padded[a] - shape[a]) / 2;
        starts[a] = Tiles.starts(padded[a], patch[a], stepFraction);
      }
    }

    /** The plane after the last one that no later patch changes, once slab {@code i} is done. */
    int finished(int i) {
      return i + 1 < starts[0].length ? starts[0][i + 1] : padded[0];
    }
  }

  /** Whether results are averaged over mirrorings. */
  public boolean mirrors() {
    return !mirrorings.isEmpty();
  }

  /** The number of patches of an image that each network computes or is spared as constant. */
  public long tileCount(Image image) {
    Layout layout = new Layout(image.shape(), patch, stepFraction);
    Patches patches = new Patches(image, patch, layout.before());
    long tiles = 0;
    for (int z : layout.starts()[0]) {
      for (int y : layout.starts()[1]) {
        for (int x : layout.starts()[2]) {
          tiles += patches.needed(z, y, x) ? 1 : 0;
        }
      }
    }
    return tiles;
  }

  /**
   * Computes the logits of a whole image, averaged over the networks, and hands them on plane by
   * plane.
   *
   * @throws io.fiducia.base.FiduciaException CANCELLED, BAD_INPUT if logits are no finite numbers, and
   *     as {@link SumMemory} for the memory of the sums
   */
  public void predict(Image image, Networks networks, PlaneSink sink, Run run) {
    Layout layout = new Layout(image.shape(), patch, stepFraction);
    int[][] starts = layout.starts();
    Patches patches = new Patches(image, patch, layout.before());
    try (TorchScope scope = TorchScope.open("sliding window");
        PlaneSums sums = PlaneSums.open(
            new PlaneSums.Extent(patch, layout.padded(), networks), accumulation, run.memory(),
            run.cancellation());
        ConstantPatch constant = new ConstantPatch(networks.networks().size())) {
      Tensor weights = Tensor.of(Tiles.gaussian(patch), sums.device(), patch[0], patch[1],
          patch[2]);
      long done = 0;
      for (int i = 0; i < starts[0].length; i++) {
        for (int y : starts[1]) {
          for (int x : starts[2]) {
            int[] start = {starts[0][i], y, x};
            if (!patches.needed(start[0], y, x)) {
              sums.leftOut();
              continue;
            }
            sums.addWeights(start, weights);
            float[] values = patches.cut(start[0], y, x);
            for (int n = 0; n < networks.networks().size(); n++) {
              run.cancellation().check("prediction");
              Network network = networks.networks().get(n);
              try (TorchScope step = TorchScope.open("patch")) {
                Tensor result = constant.of(n, values, image.data().length,
                    () -> mirrored(network, input(values, image, run.memory().networks())));
                sums.add(n, start, result, weights);
              }
              run.patchDone().accept(++done);
            }
          }
        }
        for (int z = starts[0][i]; z < layout.finished(i); z++) {
          run.cancellation().check("prediction");
          int inImage = z - layout.before()[0];
          boolean inside = inImage >= 0 && inImage < image.shape()[0];
          float[] plane = sums.take(z, layout.before(), image.shape(), inside);
          if (inside) {
            sink.accept(inImage, plane);
          }
        }
      }
    }
  }

  private Tensor input(float[] values, Image image, Device device) {
    // A 2D network's patch is one plane.
    return patch[0] == 1
        ? Tensor.of(values, device, 1, image.data().length, patch[1], patch[2])
        : Tensor.of(values, device, 1, image.data().length, patch[0], patch[1], patch[2]);
  }

  /** The result (channel, z, y, x) of one patch, averaged over the identity and all mirrorings. */
  private Tensor mirrored(Network network, Tensor input) {
    Tensor sum = network.apply(input);
    for (long[] axes : mirrorings) {
      try (TorchScope scope = TorchScope.open("mirrored")) {
        sum.add_(network.apply(input.flip(axes)).flip(axes));
      }
    }
    if (!mirrorings.isEmpty()) {
      sum.div_(mirrorings.size() + 1.0);
    }
    return patch[0] == 1 ? sum.squeeze(0).unsqueeze(1) : sum.squeeze(0);
  }

  /** Combinations of axes of a batch, the smaller ones first: the order in which nnU-Net adds. */
  private static List<long[]> combinations(List<Integer> axes) {
    List<long[]> result = new ArrayList<>();
    for (int size = 1; size <= axes.size(); size++) {
      choose(axes, size, 0, new long[0], result);
    }
    return result;
  }

  private static void choose(List<Integer> axes, int size, int from, long[] chosen,
      List<long[]> result) {
    if (chosen.length == size) {
      result.add(chosen);
      return;
    }
    for (int i = from; i < axes.size(); i++) {
      long[] longer = Arrays.copyOf(chosen, chosen.length + 1);
      longer[chosen.length] = axes.get(i) + 2;
      choose(axes, size, i + 1, longer, result);
    }
  }
}
