package io.fiducia.learn.train;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Tensor;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The soft Dice loss, −mean((2I + s) / max(P + G + s, 1e-8)) with s = 1e-5, as nnU-Net computes it. I
 * sums the products of probability and truth, P the probabilities, G the truth, each over the voxels
 * of a channel; the mean is over channels (and samples).
 *
 * @param batchDice whether the sums run over the whole batch, instead of over each sample
 */
public record SoftDiceLoss(boolean batchDice) {
  private static final double SMOOTH = 1e-5;
  private static final double LEAST = 1e-8;

  /** The loss of fully annotated samples without a mask; see the longer form. */
  public Tensor compute(Tensor probabilities, Tensor truth) {
    return compute(probabilities, truth, Optional.empty(), Optional.empty());
  }

  /**
   * The loss, a tensor of one element from -1 (perfect) to 0.
   *
   * @param probabilities float32 (batch, channels, ...) from 0 to 1
   * @param truth of the same shape, 0 and 1
   * @param mask (batch, 1, ...) of 1 where voxels count and 0 elsewhere; empty: all count
   * @param annotated (batch, channels) of 1 where the channel of a sample counts and 0 elsewhere;
   *     empty: all count
   */
  public Tensor compute(Tensor probabilities, Tensor truth, Optional<Tensor> mask,
      Optional<Tensor> annotated) {
    long[] axes = IntStream.range(2, probabilities.dimensions()).asLongStream().toArray();
    Tensor masked = mask.map(probabilities::mul).orElse(probabilities);
    Tensor truthSum;
    try (Autograd.Guard none = Autograd.noGrad()) {
      truthSum = mask.map(truth::mul).orElse(truth).sum(false, axes);
    }
    Tensor overlap = masked.mul(truth).sum(false, axes);
    Tensor predicted = masked.sum(false, axes);
    if (annotated.isPresent()) {
      overlap = overlap.mul(annotated.get());
      predicted = predicted.mul(annotated.get());
      truthSum = truthSum.mul(annotated.get());
    }
    if (batchDice) {
      overlap = overlap.sum(false, 0);
      predicted = predicted.sum(false, 0);
      truthSum = truthSum.sum(false, 0);
    }
    Tensor each = overlap.mul(2).add(SMOOTH)
        .div(truthSum.add(predicted).add(SMOOTH).clampMin(LEAST));
    if (annotated.isEmpty()) {
      return each.mean().neg();
    }
    Tensor a = annotated.get();
    Tensor counts = (batchDice ? a.sum(false, 0) : a).gt(0).to(DType.FLOAT32);
    return each.mul(counts).sum().div(counts.sum().clampMin(1)).neg();
  }
}
