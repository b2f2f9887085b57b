package io.fiducia.nnunet.plan;

import java.util.List;

/**
 * What a network costs for one patch, counted from its shape alone.
 *
 * @param featureMapElements elements in the outputs of all convolutions, nnU-Net's measure of GPU
 *     memory; deep supervision is off, so one segmentation layer counts
 * @param multiplyAdds multiplications of one forward pass
 */
record NetworkCost(long featureMapElements, long multiplyAdds) {
  /**
   * The cost of one sample.
   *
   * @param patch size per axis, divisible by the strides
   * @param outputs output channels; nnU-Net's planner counts all labels here, the ignore label too
   */
  public static NetworkCost of(Architecture a, List<Integer> patch, int inputs, int outputs) {
    Counter count = new Counter();
    int stages = a.stages();
    int channels = inputs;
    long[] voxels = new long[stages];
    long size = patch.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    if (a.residual()) {
      channels = count.convolution(channels, a.featuresPerStage().get(0), size,
          product(a.kernelSizes().get(0)));
    }
    for (int s = 0; s < stages; s++) {
      int features = a.featuresPerStage().get(s);
      long kernel = product(a.kernelSizes().get(s));
      boolean strided = product(a.strides().get(s)) > 1;
      size /= product(a.strides().get(s));
      voxels[s] = size;
      for (int b = 0; b < a.blocksPerStage().get(s); b++) {
        if (a.residual() && (channels != features || b == 0 && strided)) {
          // With equal channels the shortcut only averages, yet nnU-Net counts its output too.
          count.convolution(channels == features ? 0 : channels, features, size, 1);
        }
        channels = count.convolution(channels, features, size, kernel);
        if (a.residual()) {
          count.convolution(features, features, size, kernel);
        }
      }
    }
    for (int s = stages - 2; s >= 0; s--) {
      int features = a.featuresPerStage().get(s);
      // A transposed convolution whose kernel is its stride reaches each output voxel once.
      count.convolution(channels, features, voxels[s], 1);
      channels = 2 * features;
      long kernel = product(a.kernelSizes().get(s + 1));
      for (int c = 0; c < a.convsPerStageDecoder().get(stages - 2 - s); c++) {
        channels = count.convolution(channels, features, voxels[s], kernel);
      }
    }
    count.convolution(channels, outputs, voxels[0], 1);
    return new NetworkCost(count.elements, count.multiplyAdds);
  }

  private static long product(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).reduce(1, (x, y) -> x * y);
  }

  private static final class Counter {
    private long elements;
    private long multiplyAdds;

    int convolution(int in, int out, long voxels, long kernel) {
      elements += out * voxels;
      multiplyAdds += in * (long) out * voxels * kernel;
      return out;
    }
  }
}
