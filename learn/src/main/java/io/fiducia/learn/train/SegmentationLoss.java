package io.fiducia.learn.train;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import java.util.stream.IntStream;

/**
 * nnU-Net's loss: cross entropy plus soft Dice, summed over the outputs of deep supervision by
 * weights.
 *
 * <p><b>Partial annotation.</b> Where a sample has contours of only some structures, voxels of the
 * others are background in its target, and what the network gives the others counts as background
 * too: with A the annotated structures, the probabilities are q_c = p_c for c in A and q_0 = 1 −
 * Σ_A p_c; cross entropy is taken of q, and Dice over A alone (with {@code batchDice} summed over the
 * samples that have the structure). So a structure that was not contoured is neither taught nor
 * forbidden there: the marginal loss of Shi et al. (Medical Image Analysis 70, 2021). Regions are
 * independent of each other: the outputs of the others have no loss. Where everything is annotated
 * the loss is the ordinary one.
 *
 * <p>For labels, cross entropy over the classes and Dice over the foreground. For regions, binary
 * cross entropy and Dice over all channels. Dice is −mean((2I + s) / max(P + G + s, 1e-8)) with
 * s = 1e-5, where the sums I, P and G run over one sample or, as {@code batchDice}, the whole batch.
 */
public final class SegmentationLoss {
  private static final double SMOOTH = 1e-5;
  private static final long NOTHING_IGNORED = -100;
  private static final double FAR = 1e4;

  private final boolean batchDice;
  private final boolean regions;
  private final OptionalInt ignoreLabel;
  private final boolean ignoreChannel;
  private final List<Double> weights;

  private SegmentationLoss(
      boolean batchDice,
      boolean regions,
      OptionalInt ignoreLabel,
      boolean ignoreChannel,
      List<Double> weights) {
    this.batchDice = batchDice;
    this.regions = regions;
    this.ignoreLabel = ignoreLabel;
    this.ignoreChannel = ignoreChannel;
    this.weights = List.copyOf(weights);
  }

  /**
   * The loss of mutually exclusive labels. Targets are (batch, 1, ...) of class indices, of any
   * integer type.
   *
   * @param ignoreLabel the label whose voxels do not count, if there is one
   * @param weights one per output, full resolution first, as {@link #deepSupervisionWeights} gives
   */
  public static SegmentationLoss forLabels(
      boolean batchDice,
      OptionalInt ignoreLabel,
      List<Double> weights) {
    return new SegmentationLoss(batchDice, false, ignoreLabel, false, weights);
  }

  /**
   * The loss of regions, which may overlap. Targets are float32 (batch, regions, ...) of 0 and 1.
   *
   * @param ignoreChannel whether targets have one more, last channel that is 1 where voxels do not
   *     count
   * @param weights one per output, full resolution first
   */
  public static SegmentationLoss forRegions(
      boolean batchDice,
      boolean ignoreChannel,
      List<Double> weights) {
    return new SegmentationLoss(batchDice, true, OptionalInt.empty(), ignoreChannel, weights);
  }

  /** Halving weights, full resolution first, the lowest resolution's 0, of sum 1. */
  public static List<Double> deepSupervisionWeights(int outputs) {
    if (outputs < 1) {
      throw new IllegalArgumentException("outputs must be at least 1, found " + outputs);
    }
    double[] raw = IntStream.range(0, outputs)
        .mapToDouble(i -> i > 0 && i == outputs - 1 ? 0 : Math.pow(0.5, i)).toArray();
    double sum = Arrays.stream(raw).sum();
    return Arrays.stream(raw).mapToObj(w -> w / sum).toList();
  }

  /**
   * The loss, a tensor of one element to call backward on. An output of weight 0 is not computed.
   *
   * @param logits outputs of the network, full resolution first
   * @param targets as many, at the outputs' resolutions
   */
  public Tensor compute(List<Tensor> logits, List<Tensor> targets) {
    return compute(logits, targets, Optional.empty());
  }

  /**
   * As above, of samples that are annotated in part.
   *
   * @param annotated (batch, outputs) of 1 where a sample has the class of that output and 0 elsewhere;
   *     1 for background. Empty: everything is annotated
   */
  public Tensor compute(List<Tensor> logits, List<Tensor> targets, Optional<Tensor> annotated) {
    if (logits.size() != weights.size() || targets.size() != weights.size()) {
      throw new IllegalArgumentException(
          "expected " + weights.size() + " outputs and targets, found "
              + logits.size() + " and " + targets.size());
    }
    try (TorchScope scope = TorchScope.open("loss")) {
      List<Tensor> terms = new ArrayList<>();
      for (int i = 0; i < weights.size(); i++) {
        if (weights.get(i) != 0) {
          Tensor x = logits.get(i).to(DType.FLOAT32);
          Tensor term = regions
              ? ofRegions(x, targets.get(i), annotated)
              : annotated.isPresent()
                  ? ofSomeLabels(x, targets.get(i).to(DType.INT64), annotated.get())
                  : ofLabels(x, targets.get(i).to(DType.INT64));
          terms.add(term.mul(weights.get(i)));
        }
      }
      return scope.keep(terms.stream().reduce(Tensor::add).orElseThrow());
    }
  }

  private Tensor ofLabels(Tensor x, Tensor target) {
    Tensor known = target;
    Optional<Tensor> mask = Optional.empty();
    boolean anything = true;
    if (ignoreLabel.isPresent()) {
      Tensor valid = target.ne(ignoreLabel.getAsInt());
      known = target.mul(valid);
      mask = Optional.of(valid.to(DType.FLOAT32));
      anything = valid.sum().item() > 0;
    }
    Tensor oneHot = Tensor.zerosLike(x.detach()).scatter_(1, known, 1);
    int foreground = (int) x.size(1) - 1;
    Tensor dice = dice(x.softmax(1).narrow(1, 1, foreground), oneHot.narrow(1, 1, foreground),
        mask, Optional.empty());
    if (!anything) {
      return dice;
    }
    return Functional.crossEntropy(x, target.squeeze(1),
        ignoreLabel.isPresent() ? ignoreLabel.getAsInt() : NOTHING_IGNORED).add(dice);
  }

  /** The marginal loss; a is (batch, outputs). */
  private Tensor ofSomeLabels(Tensor x, Tensor target, Tensor a) {
    Tensor known = target;
    Optional<Tensor> mask = Optional.empty();
    double voxels = target.numel();
    if (ignoreLabel.isPresent()) {
      Tensor valid = target.ne(ignoreLabel.getAsInt());
      known = target.mul(valid);
      mask = Optional.of(valid.to(DType.FLOAT32));
      voxels = valid.sum().item();
    }
    int foreground = (int) x.size(1) - 1;
    Tensor has = perVoxel(a, x.dimensions());
    Tensor truth = Tensor.zerosLike(x.detach()).scatter_(1, known, 1).mul(has)
        .narrow(1, 1, foreground);
    Tensor dice = dice(x.softmax(1).narrow(1, 1, foreground), truth, mask,
        Optional.of(a.narrow(1, 1, foreground)));
    if (voxels == 0) {
      return dice;
    }
    Tensor log = x.logSoftmax(1);
    // Only background and what merges with it is left by so large a number; then the log of their
    // sum, less the log of the sum of all, is the log of the merged background.
    Tensor merges = has.narrow(1, 1, foreground).mul(-FAR);
    Tensor left = Tensor.cat(List.of(x.narrow(1, 0, 1), x.narrow(1, 1, foreground).add(merges)), 1);
    Tensor background = log.narrow(1, 0, 1).sub(left.logSoftmax(1).narrow(1, 0, 1));
    Tensor isBackground = truth.sum(true, 1).neg().add(1);
    Tensor each = log.narrow(1, 1, foreground).mul(truth).sum(true, 1)
        .add(background.mul(isBackground));
    Tensor counted = mask.isPresent() ? each.mul(mask.get()) : each;
    return counted.sum().neg().div(voxels).add(dice);
  }

  /** (batch, channels) as (batch, channels, 1, 1, ...). */
  private static Tensor perVoxel(Tensor a, int dimensions) {
    long[] shape = new long[dimensions];
    Arrays.fill(shape, 1);
    shape[0] = a.size(0);
    shape[1] = a.size(1);
    return a.reshape(shape);
  }

  private Tensor ofRegions(Tensor x, Tensor target, Optional<Tensor> annotated) {
    Tensor wanted = target;
    Optional<Tensor> mask = Optional.empty();
    if (ignoreChannel) {
      int channels = (int) target.size(1) - 1;
      wanted = target.narrow(1, 0, channels);
      mask = Optional.of(target.narrow(1, channels, 1).neg().add(1));
    }
    Tensor dice = dice(x.sigmoid(), wanted, mask, annotated);
    Tensor every = Functional.binaryCrossEntropyPerElement(x, wanted);
    Tensor each = annotated.map(a -> every.mul(perVoxel(a, x.dimensions()))).orElse(every);
    // Upstream divides by voxels, not by voxels times channels, once a mask is used.
    Tensor entropy = mask.map(m -> each.mul(m).sum().div(m.sum().clampMin(1e-8)))
        .orElseGet(() -> annotated.isPresent()
            ? each.sum().div(annotated.get().sum().clampMin(1)
                .mul((double) x.numel() / (x.size(0) * x.size(1))))
            : each.mean());
    return entropy.add(dice);
  }

  /** @param annotated (batch, channels): which sums count; empty: all */
  private Tensor dice(Tensor p, Tensor truth, Optional<Tensor> mask, Optional<Tensor> annotated) {
    long[] axes = IntStream.range(2, p.dimensions()).asLongStream().toArray();
    Tensor masked = mask.map(p::mul).orElse(p);
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
        .div(truthSum.add(predicted).add(SMOOTH).clampMin(1e-8));
    if (annotated.isEmpty()) {
      return each.mean().neg();
    }
    Tensor a = annotated.get();
    Tensor counts = (batchDice ? a.sum(false, 0) : a).gt(0).to(DType.FLOAT32);
    return each.mul(counts).sum().div(counts.sum().clampMin(1)).neg();
  }
}
