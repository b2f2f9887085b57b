package io.fiducia.nnunet.train;

import io.fiducia.learn.augment.Batch;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.torch.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * nnU-Net's pseudo Dice: the Dice of validation patches, without augmentation, as if they were one
 * case. Voxels of the ignore label do not count. Where only some structures of a case were contoured,
 * the others count as background in the reference and in the prediction, and do not count for their
 * own Dice.
 */
final class PseudoDice {
  private final Labels labels;
  private final boolean[][] regions;
  private final int classes;
  private final long[] tp;
  private final long[] fp;
  private final long[] fn;

  PseudoDice(Labels labels) {
    this.labels = labels;
    this.regions = TrainingTensors.membership(labels.regions());
    this.classes = labels.hasRegions() ? labels.outputs() + 1 : labels.outputs();
    this.tp = new long[classes];
    this.fp = new long[classes];
    this.fn = new long[classes];
  }

  /** Adds a batch, given its logits at full resolution. */
  void add(Tensor logits, Batch batch) {
    if (labels.hasRegions()) {
      addRegions(logits.toFloats(), batch);
    } else {
      addLabels(logits.argmax(1).toShorts(), batch);
    }
  }

  private void addLabels(short[] predicted, Batch batch) {
    int ignore = labels.ignore().orElse(Integer.MIN_VALUE);
    int voxels = predicted.length / batch.batch();
    for (int b = 0; b < batch.batch(); b++) {
      boolean[] known = known(batch.annotated().get(b));
      for (int i = b * voxels; i < (b + 1) * voxels; i++) {
        int t = batch.seg()[i];
        if (t == ignore) {
          continue;
        }
        t = known[t] ? t : 0;
        int p = known[predicted[i]] ? predicted[i] : 0;
        if (t == p) {
          tp[t]++;
        } else {
          fp[p]++;
          fn[t]++;
        }
      }
    }
  }

  private void addRegions(float[] logits, Batch batch) {
    int ignore = labels.ignore().orElse(Integer.MIN_VALUE);
    int channels = classes - 1;
    int voxels = logits.length / batch.batch() / channels;
    for (int b = 0; b < batch.batch(); b++) {
      boolean[] known = known(batch.annotated().get(b));
      for (int c = 0; c < channels; c++) {
        if (!known[c + 1]) {
          continue;
        }
        int from = (b * channels + c) * voxels;
        for (int i = 0; i < voxels; i++) {
          int label = batch.seg()[b * voxels + i];
          if (label == ignore) {
            continue;
          }
          boolean t = label < regions[c].length && regions[c][label];
          // A logit above 0 is a probability above one half.
          boolean p = logits[from + i] > 0;
          if (t && p) {
            tp[c + 1]++;
          } else if (p) {
            fp[c + 1]++;
          } else if (t) {
            fn[c + 1]++;
          }
        }
      }
    }
  }

  private boolean[] known(Optional<Set<Integer>> annotated) {
    boolean[] known = new boolean[classes];
    for (int c = 0; c < classes; c++) {
      int number = c;
      known[c] = c == 0 || annotated.map(a -> a.contains(number)).orElse(true);
    }
    return known;
  }

  /** Returns the Dice of each foreground structure, in the order of the outputs; NaN for a structure
   * that no patch contained. */
  List<Double> perStructure() {
    return IntStream.range(1, classes).mapToObj(c -> {
      long all = 2 * tp[c] + fp[c] + fn[c];
      return all == 0 ? Double.NaN : 2.0 * tp[c] / all;
    }).toList();
  }
}
