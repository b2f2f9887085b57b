package io.fiducia.learn.train;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * The cross entropy of mutually exclusive classes, averaged over the voxels that count.
 *
 * @param ignoreLabel the label whose voxels do not count, if there is one
 */
public record CrossEntropyLoss(OptionalInt ignoreLabel) {
  private static final long NOTHING_IGNORED = -100;
  private static final double FAR = 1e4;

  /**
   * The loss, a tensor of one element; not a number if no voxel counts.
   *
   * @param logits float32 (batch, classes, ...)
   * @param target int64 (batch, 1, ...) of class indices
   */
  public Tensor compute(Tensor logits, Tensor target) {
    return Functional.crossEntropy(logits, target.squeeze(1),
        ignoreLabel.isPresent() ? ignoreLabel.getAsInt() : NOTHING_IGNORED);
  }

  /**
   * The marginal loss of samples that have contours of only some classes (Shi et al., Medical Image
   * Analysis 70, 2021): the probabilities of the other classes are added to that of the background,
   * whose voxels theirs are in the target.
   *
   * @param logits float32 (batch, classes, ...)
   * @param target int64 (batch, 1, ...) of class indices
   * @param annotated (batch, classes) of 1 where a sample has contours of the class and 0 elsewhere; 1
   *     for background
   */
  public Tensor computeMarginal(Tensor logits, Tensor target, Tensor annotated) {
    LabelTarget labels = LabelTarget.of(target, ignoreLabel);
    Tensor has = perVoxel(annotated, logits.dimensions());
    return marginal(logits, labels, annotatedTruth(logits, labels, has), has);
  }

  /** The foreground truth (batch, classes - 1, ...) of 0 and 1, 0 in classes without contours. */
  static Tensor annotatedTruth(Tensor logits, LabelTarget labels, Tensor has) {
    return labels.oneHot(logits).mul(has).narrow(1, 1, (int) logits.size(1) - 1);
  }

  static Tensor marginal(Tensor logits, LabelTarget labels, Tensor truth, Tensor has) {
    int foreground = (int) logits.size(1) - 1;
    Tensor log = logits.logSoftmax(1);
    // Only background and what merges with it is left by so large a number; then the log of their
    // sum, less the log of the sum of all, is the log of the merged background.
    Tensor merges = has.narrow(1, 1, foreground).mul(-FAR);
    Tensor left = Tensor.cat(
        List.of(logits.narrow(1, 0, 1), logits.narrow(1, 1, foreground).add(merges)), 1);
    Tensor background = log.narrow(1, 0, 1).sub(left.logSoftmax(1).narrow(1, 0, 1));
    Tensor isBackground = truth.sum(true, 1).neg().add(1);
    Tensor each = log.narrow(1, 1, foreground).mul(truth).sum(true, 1)
        .add(background.mul(isBackground));
    Tensor counted = labels.mask().map(each::mul).orElse(each);
    return counted.sum().neg().div(labels.voxels());
  }

  /** (batch, channels) as (batch, channels, 1, 1, ...). */
  static Tensor perVoxel(Tensor annotated, int dimensions) {
    long[] shape = new long[dimensions];
    Arrays.fill(shape, 1);
    shape[0] = annotated.size(0);
    shape[1] = annotated.size(1);
    return annotated.reshape(shape);
  }
}
