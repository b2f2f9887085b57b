package io.fiducia.learn.train;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import java.util.Optional;

/** The binary cross entropy of channels that are independent of each other, such as regions. */
public final class BinaryCrossEntropyLoss {
  private static final double LEAST = 1e-8;

  /** The mean over all elements; see the longer form. */
  public Tensor compute(Tensor logits, Tensor truth) {
    return compute(logits, truth, Optional.empty(), Optional.empty());
  }

  /**
   * The loss, a tensor of one element.
   *
   * @param logits float32 (batch, channels, ...)
   * @param truth of the same shape, 0 and 1
   * @param mask (batch, 1, ...) of 1 where voxels count and 0 elsewhere. With a mask the sum is
   *     divided by voxels, not by voxels times channels: nnU-Net does so
   * @param annotated (batch, channels) of 1 where the channel of a sample counts and 0 elsewhere;
   *     empty: all count
   */
  public Tensor compute(Tensor logits, Tensor truth, Optional<Tensor> mask,
      Optional<Tensor> annotated) {
    Tensor every = Functional.binaryCrossEntropyPerElement(logits, truth);
    Tensor each = annotated
        .map(a -> every.mul(CrossEntropyLoss.perVoxel(a, logits.dimensions()))).orElse(every);
    if (mask.isPresent()) {
      return each.mul(mask.get()).sum().div(mask.get().sum().clampMin(LEAST));
    }
    return annotated.isPresent()
        ? each.sum().div(annotated.get().sum().clampMin(1)
            .mul((double) logits.numel() / (logits.size(0) * logits.size(1))))
        : each.mean();
  }
}
