package io.fiducia.learn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected numbers follow from the definition of the exponential moving average. */
class AveragedWeightsTest {
  private static void set(Tensor weight, float value) {
    weight.copy_(Tensor.of(new float[]{value}, Device.CPU, 1));
  }

  /** From 0 towards 1, a step that keeps a share k leaves the share k of the way. */
  @Test
  void theyFollowTheWeightsFasterAtTheStart() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor weight = Tensor.zeros(Device.CPU, 1);
      try (AveragedWeights average = new AveragedWeights(List.of(weight), 0.3)) {
        set(weight, 1);
        average.update(0);
        average.update(1);
        average.update(5);
        // (1 + 0) / (10 + 0), (1 + 1) / (10 + 1), then the decay, which is less than 6 / 15.
        double left = 1 / 10.0 * (2 / 11.0) * 0.3;
        assertThat(average.tensors().get(0).item()).isCloseTo(1 - left, within(1e-6));
        assertThat(weight.item()).isEqualTo(1);
      }
    }
  }

  @Test
  void theyStandInPlaceOfTheWeightsUntilClosed() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor weight = Tensor.zeros(Device.CPU, 1);
      try (AveragedWeights average = new AveragedWeights(List.of(weight), 0.9)) {
        set(weight, 5);
        try (Autograd.Guard used = average.inPlace()) {
          assertThat(weight.item()).isZero();
        }
        assertThat(weight.item()).isEqualTo(5);
        assertThat(average.tensors().get(0).item()).isZero();
      }
    }
  }

  @Test
  void withoutADecayNothingIsAveraged() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor weight = Tensor.zeros(Device.CPU, 1);
      try (AveragedWeights average = new AveragedWeights(List.of(weight), 0)) {
        set(weight, 5);
        average.update(3);
        assertThat(average.tensors()).isEmpty();
        try (Autograd.Guard used = average.inPlace()) {
          assertThat(weight.item()).isEqualTo(5);
        }
      }
    }
  }

  @Test
  void theyOutliveScopesAndAreFreedWhenClosed() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor weight = Tensor.zeros(Device.CPU, 1);
      long before = TorchRuntime.nativeObjects();
      AveragedWeights average;
      try (TorchScope inner = TorchScope.open("inner")) {
        average = new AveragedWeights(List.of(weight), 0.9);
      }
      assertThat(average.tensors().get(0).item()).isZero();
      average.close();
      assertThat(TorchRuntime.nativeObjects()).isEqualTo(before);
    }
  }
}
