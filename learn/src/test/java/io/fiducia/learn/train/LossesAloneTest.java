package io.fiducia.learn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Each loss without the others. Expected numbers are those of torch 2.10 (cross entropies) and MONAI
 * 1.5's DiceLoss and MaskedDiceLoss less 1, with both smoothing terms 1e-5, on the same tensors.
 */
class LossesAloneTest {
  private static Tensor logits() {
    float[] v = new float[2 * 3 * 64];
    for (int i = 0; i < v.length; i++) {
      v[i] = (i % 7 - 3) / 2f;
    }
    return Tensor.of(v, Device.CPU, 2, 3, 4, 4, 4);
  }

  private static Tensor target() {
    long[] v = new long[2 * 64];
    for (int i = 0; i < v.length; i++) {
      v[i] = 5L * i % 11 % 3;
    }
    return Tensor.ofLongs(v, Device.CPU, 2, 1, 4, 4, 4);
  }

  private static Tensor oneHot() {
    return Tensor.zeros(Device.CPU, 2, 3, 4, 4, 4).scatter_(1, target(), 1);
  }

  private static Optional<Tensor> notClassTwo() {
    return Optional.of(target().ne(2).to(DType.FLOAT32));
  }

  /** The second sample has contours of all classes, the first not of class 2. */
  private static Tensor annotated() {
    return Tensor.of(new float[]{1, 1, 0, 1, 1, 1}, Device.CPU, 2, 3);
  }

  private static void check(Supplier<Tensor> loss, double expected) {
    try (TorchScope scope = TorchScope.open("test")) {
      assertThat(loss.get().item()).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void softDice() {
    check(() -> new SoftDiceLoss(true).compute(logits().softmax(1), oneHot()),
        -0.3161461353302002);
    check(() -> new SoftDiceLoss(false).compute(logits().softmax(1), oneHot()),
        -0.31612586975097656);
    check(() -> new SoftDiceLoss(true).compute(logits().sigmoid(), oneHot()),
        -0.38954275846481323);
    check(() -> new SoftDiceLoss(true).compute(logits().sigmoid(), oneHot(), notClassTwo(),
        Optional.empty()), -0.3316037058830261);
    check(() -> new SoftDiceLoss(false).compute(logits().sigmoid(), oneHot(), notClassTwo(),
        Optional.empty()), -0.3316221237182617);
  }

  @Test
  void softDiceOfAPerfectAnswerIsMinusOne() {
    check(() -> new SoftDiceLoss(true).compute(oneHot(), oneHot()), -1);
  }

  @Test
  void crossEntropy() {
    check(() -> new CrossEntropyLoss(OptionalInt.empty()).compute(logits(), target()),
        1.405447006225586);
    check(() -> new CrossEntropyLoss(OptionalInt.of(2)).compute(logits(), target()),
        1.3707553148269653);
  }

  /** torch's nll_loss of the log of the probabilities, those of class 2 added to the background's. */
  @Test
  void marginalCrossEntropy() {
    check(() -> new CrossEntropyLoss(OptionalInt.empty()).computeMarginal(logits(), target(),
        annotated()), 1.0867215394973755);
  }

  @Test
  void binaryCrossEntropy() {
    BinaryCrossEntropyLoss loss = new BinaryCrossEntropyLoss();
    check(() -> loss.compute(logits(), oneHot()), 0.8246989250183105);
    // The sum over channels by the number of voxels, as nnU-Net divides.
    check(() -> loss.compute(logits(), oneHot(), notClassTwo(), Optional.empty()),
        2.449704647064209);
    // The mean over what is annotated: five of six channels.
    check(() -> loss.compute(logits(), oneHot(), Optional.empty(), Optional.of(annotated())),
        0.8192952275276184);
  }
}
