package io.fiducia.nnunet.train;

import io.fiducia.learn.augment.Batch;
import io.fiducia.learn.augment.DeepSupervisionTargets;
import io.fiducia.learn.train.SegmentationLoss;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Turns batches, which are plain arrays, into the tensors of a training step. */
final class TrainingTensors {
  private TrainingTensors() {}

  /** Returns the loss that nnU-Net uses for a dataset's labels and an architecture's outputs. */
  static SegmentationLoss loss(Labels labels, boolean batchDice, Architecture architecture) {
    List<Double> weights = SegmentationLoss.deepSupervisionWeights(architecture.stages() - 1);
    return labels.hasRegions()
        ? SegmentationLoss.forRegions(batchDice, labels.ignore().isPresent(), weights)
        : SegmentationLoss.forLabels(batchDice, labels.ignore(), weights);
  }

  /** The patches, (batch, channels, [z,] y, x). */
  static Tensor input(Batch batch, int[] patch, Device device) {
    return Tensor.of(batch.data(), device, shape(batch.batch(), batch.channels(), patch));
  }

  /**
   * Targets at each resolution that the network is supervised at, full resolution first: labels, or
   * for regions float32 of 0 and 1, with one more channel for the ignore label where there is one.
   */
  static List<Tensor> targets(short[] seg, int batch, int[] patch, Architecture architecture,
      Labels labels, Device device) {
    int[][] strides = architecture.strides().stream()
        .map(s -> s.stream().mapToInt(Integer::intValue).toArray()).toArray(int[][]::new);
    List<Tensor> targets = new ArrayList<>();
    List<short[]> levels = DeepSupervisionTargets.downsample(seg, patch, strides);
    List<int[]> sizes = DeepSupervisionTargets.sizes(patch, strides);
    for (int i = 0; i < levels.size(); i++) {
      targets.add(labels.hasRegions()
          ? regions(levels.get(i), batch, sizes.get(i), labels, device)
          : Tensor.ofShorts(levels.get(i), device, shape(batch, 1, sizes.get(i)))
              .to(DType.INT64));
    }
    return targets;
  }

  private static Tensor regions(short[] seg, int batch, int[] size, Labels labels, Device device) {
    List<List<Integer>> channels = new ArrayList<>(labels.regions());
    labels.ignore().ifPresent(label -> channels.add(List.of(label)));
    boolean[][] inside = membership(channels);
    int voxels = seg.length / batch;
    float[] out = new float[Math.multiplyExact(seg.length, channels.size())];
    for (int b = 0; b < batch; b++) {
      for (int c = 0; c < channels.size(); c++) {
        int to = (b * channels.size() + c) * voxels;
        for (int i = 0; i < voxels; i++) {
          short label = seg[b * voxels + i];
          out[to + i] = label < inside[c].length && inside[c][label] ? 1 : 0;
        }
      }
    }
    return Tensor.of(out, device, shape(batch, channels.size(), size));
  }

  /** Returns for each list of labels whether it contains the label 0, 1, ...; labels beyond the end of
   * a result are not contained. */
  static boolean[][] membership(List<List<Integer>> regions) {
    return regions.stream().map(r -> {
      boolean[] inside = new boolean[r.stream().mapToInt(i -> i).max().orElse(0) + 1];
      r.forEach(label -> inside[label] = true);
      return inside;
    }).toArray(boolean[][]::new);
  }

  /**
   * Returns which outputs each sample has contours for, (batch, outputs) of 1 and 0; empty if every
   * sample has contours for all outputs.
   */
  static Optional<Tensor> annotated(Batch batch, Labels labels, Device device) {
    if (batch.annotated().stream().allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    int outputs = labels.outputs();
    float[] has = new float[batch.batch() * outputs];
    Arrays.fill(has, 1);
    for (int b = 0; b < batch.batch(); b++) {
      for (int c = 0; c < outputs; c++) {
        int number = labels.hasRegions() ? c + 1 : c;
        boolean background = number == 0;
        if (!background
            && !batch.annotated().get(b).map(known -> known.contains(number)).orElse(true)) {
          has[b * outputs + c] = 0;
        }
      }
    }
    return Optional.of(Tensor.of(has, device, batch.batch(), outputs));
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
