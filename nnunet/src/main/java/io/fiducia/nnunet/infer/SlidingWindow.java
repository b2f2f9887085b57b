package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * nnU-Net's sliding window: overlapping patches, weighted by a Gaussian, summed and divided by the
 * sum of weights. Plain arrays; what the network is does not matter here.
 *
 * <p>Difference from nnU-Net: sums are kept in single precision. nnU-Net keeps them in half
 * precision, which rounds the logits of outer corners to whole numbers; {@link Accumulation#HALF}
 * reproduces that.
 */
public final class SlidingWindow {
  /** Precision of the sums. */
  public enum Accumulation {
    SINGLE,
    HALF
  }

  /** A network on one patch: input channels x patch voxels to output channels x patch voxels. */
  @FunctionalInterface
  public interface Network {
    float[] apply(float[] patch);
  }

  private final int[] patch;
  private final double stepFraction;
  private final List<Integer> mirrorAxes;
  private final Accumulation accumulation;

  /**
   * @param patch the network's patch, (z, y, x); for a 2D network the first entry is 1
   * @param mirrorAxes axes over all of whose combinations the prediction is averaged; empty: none
   */
  public SlidingWindow(int[] patch, double stepFraction, List<Integer> mirrorAxes,
      Accumulation accumulation) {
    this.patch = patch.clone();
    this.stepFraction = stepFraction;
    this.mirrorAxes = List.copyOf(mirrorAxes);
    this.accumulation = accumulation;
  }

  /** The number of patches that an image of this shape takes. */
  public int tileCount(int[] shape) {
    return Tiles.grid(paddedShape(shape), patch, stepFraction).size();
  }

  /**
   * The logits of a whole image, one array of (z, y, x) for each output channel.
   *
   * @param data one array a channel
   * @param shape (z, y, x)
   * @param outputs number of output channels
   * @param tileDone told the number of finished tiles
   */
  public float[][] predict(float[][] data, int[] shape, int outputs, Network network,
      LongConsumer tileDone, Cancellation cancellation) {
    int[] padded = paddedShape(shape);
    // nnU-Net pads both sides, the odd voxel after the image.
    int[] before = new int[3];
    for (int a = 0; a < 3; a++) {
      before[a] = (padded[a] - shape[a]) / 2;
    }
    float[] weights = Tiles.gaussian(patch);
    int voxels = shape[0] * shape[1] * shape[2];
    float[][] sums = new float[outputs][voxels];
    float[] weightSum = new float[voxels];
    float[] input = new float[data.length * patchVoxels()];
    long done = 0;
    for (int[] tile : Tiles.grid(padded, patch, stepFraction)) {
      cancellation.check("prediction");
      int[] start = {tile[0] - before[0], tile[1] - before[1], tile[2] - before[2]};
      for (int c = 0; c < data.length; c++) {
        gather(data[c], shape, start, input, c * patchVoxels());
      }
      add(sums, weightSum, shape, start, mirrored(network, input, data.length, outputs), weights);
      tileDone.accept(++done);
    }
    Arrays.stream(sums).parallel().forEach(channel -> {
      for (int i = 0; i < voxels; i++) {
        channel[i] = round(channel[i] / weightSum[i]);
      }
    });
    return sums;
  }

  /** The prediction of one patch, averaged over the identity and all mirrorings. */
  private float[] mirrored(Network network, float[] input, int channels, int outputs) {
    float[] sum = network.apply(input);
    List<int[]> combinations = combinations();
    for (int[] axes : combinations) {
      float[] flipped = flip(input, channels, axes);
      float[] back = flip(network.apply(flipped), outputs, axes);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += back[i];
      }
    }
    if (!combinations.isEmpty()) {
      float n = combinations.size() + 1;
      for (int i = 0; i < sum.length; i++) {
        sum[i] /= n;
      }
    }
    return sum;
  }

  private List<int[]> combinations() {
    List<int[]> result = new ArrayList<>();
    for (int bits = 1; bits < 1 << mirrorAxes.size(); bits++) {
      int mask = bits;
      result.add(IntStream.range(0, mirrorAxes.size())
          .filter(i -> (mask >> i & 1) == 1).map(mirrorAxes::get).toArray());
    }
    return result;
  }

  private float[] flip(float[] data, int channels, int[] axes) {
    boolean[] reverse = new boolean[3];
    for (int axis : axes) {
      // A 2D network counts its axes from y.
      reverse[patch[0] == 1 ? axis + 1 : axis] = true;
    }
    float[] out = new float[data.length];
    int i = 0;
    for (int c = 0; c < channels; c++) {
      int base = c * patchVoxels();
      for (int z = 0; z < patch[0]; z++) {
        int sz = reverse[0] ? patch[0] - 1 - z : z;
        for (int y = 0; y < patch[1]; y++) {
          int sy = reverse[1] ? patch[1] - 1 - y : y;
          int row = base + (sz * patch[1] + sy) * patch[2];
          for (int x = 0; x < patch[2]; x++) {
            out[i++] = data[row + (reverse[2] ? patch[2] - 1 - x : x)];
          }
        }
      }
    }
    return out;
  }

  private void gather(float[] image, int[] shape, int[] start, float[] out, int offset) {
    Arrays.fill(out, offset, offset + patchVoxels(), 0);
    int x0 = Math.max(0, -start[2]);
    int x1 = Math.min(patch[2], shape[2] - start[2]);
    for (int z = Math.max(0, -start[0]); z < Math.min(patch[0], shape[0] - start[0]); z++) {
      for (int y = Math.max(0, -start[1]); y < Math.min(patch[1], shape[1] - start[1]); y++) {
        System.arraycopy(image,
            ((start[0] + z) * shape[1] + start[1] + y) * shape[2] + start[2] + x0, out,
            offset + (z * patch[1] + y) * patch[2] + x0, x1 - x0);
      }
    }
  }

  /** Channel by channel: with all channels inside, each voxel would touch as many memory pages. */
  private void add(float[][] sums, float[] weightSum, int[] shape, int[] start, float[] logits,
      float[] weights) {
    IntStream.rangeClosed(0, sums.length).parallel().forEach(c -> {
      boolean weightsOnly = c == sums.length;
      float[] sum = weightsOnly ? weightSum : sums[c];
      int x0 = Math.max(0, -start[2]);
      int x1 = Math.min(patch[2], shape[2] - start[2]);
      for (int z = Math.max(0, -start[0]); z < Math.min(patch[0], shape[0] - start[0]); z++) {
        for (int y = Math.max(0, -start[1]); y < Math.min(patch[1], shape[1] - start[1]); y++) {
          int to = ((start[0] + z) * shape[1] + start[1] + y) * shape[2] + start[2];
          int row = (z * patch[1] + y) * patch[2];
          int from = c * patchVoxels() + row;
          for (int x = x0; x < x1; x++) {
            float w = weights[row + x];
            sum[to + x] = round(sum[to + x] + (weightsOnly ? w : logits[from + x] * w));
          }
        }
      }
    });
  }

  private float round(float v) {
    return accumulation == Accumulation.HALF ? Float.float16ToFloat(Float.floatToFloat16(v)) : v;
  }

  private int patchVoxels() {
    return patch[0] * patch[1] * patch[2];
  }

  private int[] paddedShape(int[] shape) {
    return new int[]{Math.max(shape[0], patch[0]), Math.max(shape[1], patch[1]),
      Math.max(shape[2], patch[2])};
  }
}
