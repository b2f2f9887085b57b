package io.fiducia.learn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Losses against nnU-Net 2.8.1's, from the shared oracle's "general" section and its
 * formulas; of regions, by running DC_and_BCE_loss on the one-hot targets. */
class SegmentationLossTest {
  private static final List<Double> ONE = List.of(1.0);

  private static Tensor logits(int channels) {
    float[] v = new float[2 * 3 * 64];
    for (int i = 0; i < v.length; i++) {
      v[i] = (i % 7 - 3) / 2f;
    }
    return Tensor.of(v, Device.CPU, 2, 3, 4, 4, 4).narrow(1, 0, channels);
  }

  private static Tensor target() {
    long[] v = new long[2 * 64];
    for (int i = 0; i < v.length; i++) {
      v[i] = 5L * i % 11 % 3;
    }
    return Tensor.ofLongs(v, Device.CPU, 2, 1, 4, 4, 4);
  }

  private static double labels(boolean batchDice, OptionalInt ignore, int channels) {
    try (TorchScope scope = TorchScope.open("test")) {
      return SegmentationLoss.forLabels(batchDice, ignore, ONE)
          .compute(List.of(logits(channels)), List.of(target())).item();
    }
  }

  @Test
  void labelLossesAreUpstreams() {
    assertThat(labels(true, OptionalInt.empty(), 3)).isCloseTo(1.0951237678527832, within(1e-6));
    assertThat(labels(false, OptionalInt.empty(), 3)).isCloseTo(1.0951752662658691, within(1e-6));
    assertThat(labels(true, OptionalInt.of(2), 2)).isCloseTo(0.3138554096221924, within(1e-6));
    assertThat(labels(false, OptionalInt.of(2), 2)).isCloseTo(0.313834011554718, within(1e-6));
  }

  @Test
  void regionLossesAreUpstreams() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor oneHot = Tensor.zeros(Device.CPU, 2, 3, 4, 4, 4).scatter_(1, target(), 1);
      assertThat(SegmentationLoss.forRegions(true, false, ONE)
          .compute(List.of(logits(3)), List.of(oneHot)).item())
          .isCloseTo(0.4351561963558197, within(1e-6));
      assertThat(SegmentationLoss.forRegions(true, true, ONE)
          .compute(List.of(logits(2)), List.of(oneHot)).item())
          .isCloseTo(1.1171741485595703, within(1e-6));
    }
  }

  @Test
  void allIgnoredLeavesDiceAlone() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor x = logits(2).contiguous().requiresGrad_(true);
      Tensor all = target().mul(0).add(2).to(DType.INT16);
      Tensor loss = SegmentationLoss.forLabels(true, OptionalInt.of(2), ONE)
          .compute(List.of(x), List.of(all));
      // Nothing is predicted, nothing true: −smooth / smooth.
      assertThat(loss.item()).isCloseTo(-1, within(1e-6));
      loss.backward();
      assertThat(x.grad().toFloats()).containsOnly(0);
    }
  }

  @Test
  void weightsOfDeepSupervision() {
    // Six stages have five outputs.
    List<Double> weights = SegmentationLoss.deepSupervisionWeights(5);
    double[] expected = {0.5333333333333333, 0.26666666666666666, 0.13333333333333333,
      0.06666666666666667, 0};
    for (int i = 0; i < 5; i++) {
      assertThat(weights.get(i)).isCloseTo(expected[i], within(1e-12));
    }
    assertThat(SegmentationLoss.deepSupervisionWeights(2)).containsExactly(1.0, 0.0);
    assertThat(SegmentationLoss.deepSupervisionWeights(1)).containsExactly(1.0);
  }

  @Test
  void outputsAreWeighedAndThoseOfWeightZeroSkipped() {
    try (TorchScope scope = TorchScope.open("test"); Autograd.Guard none = Autograd.noGrad()) {
      Tensor x = logits(3).to(DType.FLOAT32);
      double one = labels(true, OptionalInt.empty(), 3);
      assertThat(SegmentationLoss.forLabels(true, OptionalInt.empty(), List.of(0.5, 0.25, 0.0))
          .compute(List.of(x, x, x), List.of(target(), target(), target())).item())
          .isCloseTo(0.75 * one, within(1e-6));
      assertThatThrownBy(() -> SegmentationLoss.forLabels(true, OptionalInt.empty(), ONE)
          .compute(List.of(x, x), List.of(target(), target())))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
