package io.fiducia.nnunet.train;

import io.fiducia.nnunet.augment.Batch;
import io.fiducia.nnunet.augment.DeepSupervisionTargets;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Turns batches, which are plain arrays, into the tensors of a training step. */
final class TrainingTensors {
  private TrainingTensors() {}

  /** The patches, (batch, channels, [z,] y, x). */
  static Tensor input(Batch batch, int[] patch, Device device) {
    return Tensor.of(batch.data(), device, shape(batch.batch(), batch.channels(), patch));
  }

  /** Labels at each resolution that the network is supervised at, full resolution first. */
  static List<Tensor> targets(short[] seg, int batch, int[] patch, Architecture architecture,
      Device device) {
    int[][] strides = architecture.strides().stream()
        .map(s -> s.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new);
    List<Tensor> targets = new ArrayList<>();
    List<short[]> labels = DeepSupervisionTargets.downsample(seg, patch, strides);
    List<int[]> sizes = DeepSupervisionTargets.sizes(patch, strides);
    for (int i = 0; i < labels.size(); i++) {
      targets.add(Tensor.ofShorts(labels.get(i), device, shape(batch, 1, sizes.get(i)))
          .to(DType.INT64));
    }
    return targets;
  }

  /** (batch, channels) followed by the spatial size, two or three axes. */
  static long[] shape(int batch, int channels, int[] size) {
    long[] shape = new long[2 + size.length];
    shape[0] = batch;
    shape[1] = channels;
    for (int a = 0; a < size.length; a++) {
      shape[2 + a] = size[a];
    }
    return shape;
  }
}
