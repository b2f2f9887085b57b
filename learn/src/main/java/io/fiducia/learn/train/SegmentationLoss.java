package io.fiducia.learn.train;

import io.fiducia.torch.DType;
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
 * samples that have the structure). So the loss neither rewards nor penalises a structure
 * that was not contoured: the marginal loss of Shi et al. (Medical Image Analysis 70, 2021). Regions are
 * independent of each other: the outputs of the others have no loss. Where everything is annotated
 * the loss is the ordinary one.
 *
 * <p>For labels, {@link CrossEntropyLoss} over the classes and {@link SoftDiceLoss} over the
 * foreground. For regions, {@link BinaryCrossEntropyLoss} and Dice over all channels.
 */
public final class SegmentationLoss {
  private final SoftDiceLoss softDice;
  private final CrossEntropyLoss crossEntropy;
  private final BinaryCrossEntropyLoss binaryCrossEntropy = new BinaryCrossEntropyLoss();
  private final boolean regions;
  private final boolean ignoreChannel;
  private final List<Double> weights;

  private SegmentationLoss(
      boolean batchDice,
      boolean regions,
      OptionalInt ignoreLabel,
      boolean ignoreChannel,
      List<Double> weights) {
    this.softDice = new SoftDiceLoss(batchDice);
    this.crossEntropy = new CrossEntropyLoss(ignoreLabel);
    this.regions = regions;
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

  /** Returns weights of sum 1 that halve from each resolution to the next, full resolution first; the
   * lowest resolution has weight 0. */
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
   * The loss of samples that are annotated in part.
   *
   * @param logits outputs of the network, full resolution first
   * @param targets as many, at the outputs' resolutions
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
    LabelTarget labels = LabelTarget.of(target, crossEntropy.ignoreLabel());
    int foreground = (int) x.size(1) - 1;
    Tensor dice = softDice.compute(x.softmax(1).narrow(1, 1, foreground),
        labels.oneHot(x).narrow(1, 1, foreground), labels.mask(), Optional.empty());
    return labels.voxels() > 0 ? crossEntropy.compute(x, target).add(dice) : dice;
  }

  /** The marginal loss; annotated is (batch, outputs). */
  private Tensor ofSomeLabels(Tensor x, Tensor target, Tensor annotated) {
    LabelTarget labels = LabelTarget.of(target, crossEntropy.ignoreLabel());
    int foreground = (int) x.size(1) - 1;
    Tensor has = CrossEntropyLoss.perVoxel(annotated, x.dimensions());
    Tensor truth = CrossEntropyLoss.annotatedTruth(x, labels, has);
    Tensor dice = softDice.compute(x.softmax(1).narrow(1, 1, foreground), truth, labels.mask(),
        Optional.of(annotated.narrow(1, 1, foreground)));
    return labels.voxels() > 0
        ? CrossEntropyLoss.marginal(x, labels, truth, has).add(dice)
        : dice;
  }

  private Tensor ofRegions(Tensor x, Tensor target, Optional<Tensor> annotated) {
    Tensor wanted = target;
    Optional<Tensor> mask = Optional.empty();
    if (ignoreChannel) {
      int channels = (int) target.size(1) - 1;
      wanted = target.narrow(1, 0, channels);
      mask = Optional.of(target.narrow(1, channels, 1).neg().add(1));
    }
    Tensor dice = softDice.compute(x.sigmoid(), wanted, mask, annotated);
    return binaryCrossEntropy.compute(x, wanted, mask, annotated).add(dice);
  }
}
