package io.fiducia.learn.window;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Weighted sums of logits for as many planes as one patch is deep. Plane z lies at z modulo that
 * depth; a plane that was taken makes room for the one that enters.
 *
 * <p>In single precision all networks share one sum; nnU-Net's half precision rounds each network's
 * own, and then their sum.
 */
final class PlaneSums implements AutoCloseable {
  private final int depth;
  private final int outputs;
  private final int networks;
  private final Accumulation accumulation;
  private final TensorOwner owner = new TensorOwner("sums");
  private final List<Tensor> sums = new ArrayList<>();
  private final Tensor weightSum;
  private final float[][] planes = {{}, {}};
  private final SumMemory.Place place;

  PlaneSums(int depth, int[] padded, int outputs, int networks, Accumulation accumulation,
      SumMemory memory) {
    this.depth = depth;
    this.outputs = outputs;
    this.networks = networks;
    this.accumulation = accumulation;
    DType dtype = accumulation == Accumulation.HALF ? DType.FLOAT16 : DType.FLOAT32;
    int count = accumulation == Accumulation.HALF ? networks : 1;
    this.place = memory.place(dtype, count, outputs, depth, padded[1], padded[2]);
    try (TorchScope scope = TorchScope.open("sums")) {
      for (int i = 0; i < count; i++) {
        sums.add(owner.adopt(place.sums().get(i)));
      }
      weightSum = owner.adopt(Tensor.zeros(dtype, place.device(), depth, padded[1], padded[2]));
    }
  }

  /** Where the sums are. */
  Device device() {
    return place.device();
  }

  /** Adds a network's logits (output, z, y, x) of the patch at {@code start}; changes them. */
  void add(int network, int[] start, Tensor logits, Tensor weights) {
    Tensor weighted = logits.mul_(weights);
    Tensor sum = sums.get(Math.min(network, sums.size() - 1));
    addAround(sum, 1, start, weighted);
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
    int upper = depth - first;
    addPart(sum, zAxis, start, first, tile.narrow(zAxis, 0, upper));
    if (first > 0) {
      addPart(sum, zAxis, start, 0, tile.narrow(zAxis, upper, first));
    }
  }

  private static void addPart(Tensor sum, int zAxis, int[] start, int z, Tensor part) {
    sum.narrow(zAxis, z, part.size(zAxis))
        .narrow(zAxis + 1, start[1], part.size(zAxis + 1))
        .narrow(zAxis + 2, start[2], part.size(zAxis + 2)).add_(part);
  }

  /**
   * Averages of a plane, cut to the image, and forgets the plane; empty if nobody wants it. Two arrays
   * are filled in turn: a new one a plane, hundreds of megabytes in all, would be left as garbage.
   */
  float[] take(int z, int[] before, int[] shape, boolean wanted) {
    try (TorchScope scope = TorchScope.open("plane")) {
      int at = z % depth;
      float[] result = {};
      if (wanted) {
        Tensor weight = cut(weightSum.narrow(0, at, 1), 0, before, shape);
        Tensor mean = cut(sums.get(0).narrow(1, at, 1), 1, before, shape).div(weight);
        for (int n = 1; n < sums.size(); n++) {
          mean.add_(cut(sums.get(n).narrow(1, at, 1), 1, before, shape).div(weight));
        }
        if (networks > 1) {
          mean.div_(networks);
        }
        result = checked(mean.to(DType.FLOAT32), z);
      }
      sums.forEach(s -> s.narrow(1, at, 1).zero_());
      weightSum.narrow(0, at, 1).zero_();
      return result;
    }
  }

  private static Tensor cut(Tensor plane, int zAxis, int[] before, int[] shape) {
    return plane.narrow(zAxis + 1, before[1], shape[1]).narrow(zAxis + 2, before[2], shape[2]);
  }

  private float[] checked(Tensor plane, int z) {
    if (!Double.isFinite(plane.sum().item())) {
      throw accumulation == Accumulation.HALF
          ? FiduciaException.badInput("the logits are too large for half precision", "plane " + z,
              "sums of half floats end at 65504, as in nnU-Net, which stops here too",
              "leave out --compat fp16")
          : FiduciaException.badInput("the network's output is not a number", "plane " + z,
              "some of the " + outputs + " logits are NaN or infinite",
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
