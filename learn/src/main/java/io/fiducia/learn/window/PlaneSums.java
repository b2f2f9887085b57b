package io.fiducia.learn.window;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import java.util.List;

/**
 * Weighted sums of the networks' results, for as many planes as one patch is deep. Plane z is stored at z modulo that
 * depth: a plane that was taken leaves its place to the next one.
 *
 * <p>In single precision all networks share one sum; nnU-Net's half precision rounds each network's
 * own, and then their sum. Half precision sums logits, single precision what networks give.
 */
final class PlaneSums implements AutoCloseable {
  /** Values of logits that exist at a time: 32 MB, large enough to occupy all cores. */
  private static final int SLAB = 8 << 20;

  /**
   * What is summed.
   *
   * @param patch the patch's (z, y, x)
   * @param padded the image's (z, y, x) after padding
   * @param networks that are averaged
   */
  record Extent(int[] patch, int[] padded, SlidingWindow.Networks networks) {
    int count() {
      return networks.networks().size();
    }
  }

  private final Extent extent;
  private final int depth;
  private final Accumulation accumulation;
  private final TensorOwner owner = new TensorOwner("sums");
  private final SumMemory.Place place;
  private final List<Tensor> sums;
  private final Tensor weightSum;
  private final float[][] planes = {{}, {}};
  private boolean leftOut;

  private PlaneSums(Extent extent, Accumulation accumulation, SumMemory.Place place,
      Tensor weightSum) {
    this.extent = extent;
    this.depth = extent.patch()[0];
    this.accumulation = accumulation;
    this.place = place;
    this.sums = place.sums().stream().map(owner::adopt).toList();
    this.weightSum = owner.adopt(weightSum);
  }

  /**
   * Sums that are all zero.
   *
   * @throws FiduciaException as {@link SumMemory#place}
   */
  static PlaneSums open(Extent extent, Accumulation accumulation, SumMemory memory,
      Cancellation cancellation) {
    boolean half = accumulation == Accumulation.HALF;
    DType dtype = half ? DType.FLOAT16 : DType.FLOAT32;
    int count = half ? extent.count() : 1;
    int channels = half ? extent.networks().outputs() : extent.networks().channels();
    int depth = extent.patch()[0];
    int height = extent.padded()[1];
    int width = extent.padded()[2];
    try (TorchScope scope = TorchScope.open("sums")) {
      SumMemory.Place place = memory.place(
          new SumMemory.Request(dtype, count, channels, depth, height, width), cancellation);
      try {
        return new PlaneSums(extent, accumulation, place,
            Tensor.zeros(dtype, place.device(), depth, height, width));
      } catch (RuntimeException | Error e) {
        place.closeAfter(e);
        throw e;
      }
    }
  }

  /** Where the sums are. */
  Device device() {
    return place.device();
  }

  /** Notes that a patch is not added, so that there may be voxels without any weight. */
  void leftOut() {
    leftOut = true;
  }

  /**
   * Adds a network's result (channel, z, y, x) of the patch at {@code start}, some planes at a time, and
   * changes it.
   */
  void add(int network, int[] start, Tensor result, Tensor weights) {
    Tensor sum = sums.get(Math.min(network, sums.size() - 1));
    int most = Math.toIntExact(
        Math.max(1, SLAB / (sum.size(0) * result.size(2) * result.size(3))));
    for (int z = 0; z < depth; z += most) {
      try (TorchScope scope = TorchScope.open("slab")) {
        int planes = Math.min(most, depth - z);
        Tensor slab = result.narrow(1, z, planes);
        Tensor summands = accumulation == Accumulation.HALF ? logits(network, slab) : slab;
        addAround(sum, 1, new int[]{start[0] + z, start[1], start[2]},
            summands.to(device()).mul_(weights.narrow(0, z, planes)));
      }
    }
  }

  /** Adds the weights of the patch at {@code start}. */
  void addWeights(int[] start, Tensor weights) {
    try (TorchScope scope = TorchScope.open("weights")) {
      // nnU-Net's weights are half floats, and so is the sum that it makes of them.
      addAround(weightSum, 0, start, weights);
    }
  }

  private void addAround(Tensor sum, int zAxis, int[] start, Tensor tile) {
    int first = start[0] % depth;
    long upper = Math.min(depth - first, tile.size(zAxis));
    addPart(sum, zAxis, start, first, tile.narrow(zAxis, 0, upper));
    if (upper < tile.size(zAxis)) {
      addPart(sum, zAxis, start, 0, tile.narrow(zAxis, upper, tile.size(zAxis) - upper));
    }
  }

  private static void addPart(Tensor sum, int zAxis, int[] start, int z, Tensor part) {
    sum.narrow(zAxis, z, part.size(zAxis))
        .narrow(zAxis + 1, start[1], part.size(zAxis + 1))
        .narrow(zAxis + 2, start[2], part.size(zAxis + 2)).add_(part);
  }

  /**
   * Logits of a plane, cut to the image, and forgets the plane; empty if it is not wanted. Two arrays
   * are filled in turn: one new array per plane would leave hundreds of megabytes of garbage.
   */
  float[] take(int z, int[] before, int[] shape, boolean wanted) {
    try (TorchScope scope = TorchScope.open("plane")) {
      int at = z % depth;
      float[] result = {};
      if (wanted) {
        Tensor weight = cut(weightSum.narrow(0, at, 1), 0, before, shape);
        Tensor logits;
        if (leftOut) {
          Tensor uncovered = weight.eq(0).to(weight.dtype());
          logits = logits(at, weight.add(uncovered), before, shape);
          Tensor empty = Tensor.of(extent.networks().empty(), logits.device(), logits.size(0), 1,
              1);
          logits = logits.mul(uncovered.neg().add(1)).add_(empty.mul(uncovered));
        } else {
          logits = logits(at, weight, before, shape);
        }
        result = checked(logits, z);
      }
      sums.forEach(s -> s.narrow(1, at, 1).zero_());
      weightSum.narrow(0, at, 1).zero_();
      return result;
    }
  }

  /** Logits (output, y, x) of the plane at this place of the sums. */
  private Tensor logits(int at, Tensor weight, int[] before, int[] shape) {
    Tensor mean = cut(sums.get(0).narrow(1, at, 1), 1, before, shape).div(weight);
    for (int n = 1; n < sums.size(); n++) {
      mean.add_(cut(sums.get(n).narrow(1, at, 1), 1, before, shape).div(weight));
    }
    if (extent.count() > 1) {
      mean.div_(extent.count());
    }
    Tensor logits = accumulation == Accumulation.HALF ? mean : logits(0, mean);
    return logits.squeeze(1).to(device()).to(DType.FLOAT32);
  }

  private Tensor logits(int network, Tensor planes) {
    return extent.networks().networks().get(network).logits(planes);
  }

  private static Tensor cut(Tensor plane, int zAxis, int[] before, int[] shape) {
    return plane.narrow(zAxis + 1, before[1], shape[1]).narrow(zAxis + 2, before[2], shape[2]);
  }

  private float[] checked(Tensor plane, int z) {
    if (!Double.isFinite(plane.sum().item())) {
      throw accumulation == Accumulation.HALF
          ? FiduciaException.badInput("the logits are too large for half precision", "plane " + z,
              "sums of half floats end at 65504, as in nnU-Net, which stops here too",
              "sum in single precision, without the compatibility with nnU-Net's fp16")
          : FiduciaException.badInput("the network's output is not a number", "plane " + z,
              "some of the " + plane.size(0) + " logits are NaN or infinite",
              "check the weights, and the intensities of the image");
    }
    float[] out = planes[z & 1];
    if (out.length != plane.numel()) {
      out = new float[Math.toIntExact(plane.numel())];
      planes[z & 1] = out;
    }
    plane.copyTo(out);
    return out;
  }

  @Override
  public void close() {
    owner.close();
    place.close();
  }
}
