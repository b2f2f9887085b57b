package io.fiducia.learn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.optim.GradScaler;
import io.fiducia.torch.optim.Sgd;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Steps of plain gradient descent on a w, whose gradient is a. Expected numbers are closed forms. */
class MixedPrecisionStepTest {
  private static Tensor weight() {
    return Tensor.of(new float[]{2}, Device.CPU, 1).requiresGrad_(true);
  }

  private static boolean step(MixedPrecisionStep step, Tensor weight, double gradient,
      double rate) {
    step.zeroGrad();
    return step.update(step.forward(() -> weight.mul(gradient)).sum(), rate);
  }

  @Test
  void aStepGoesDownTheClippedGradient() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor w = weight();
      List<Tensor> parameters = List.of(w);
      try (MixedPrecisionStep step = new MixedPrecisionStep(new Sgd(parameters, 0, false, 0),
          parameters, 4, Device.CPU, true)) {
        // A CPU never computes in mixed precision.
        assertThat(step.scaler()).isEmpty();
        assertThat(step(step, w, 3, 0.1)).isTrue();
        assertThat(w.item()).isCloseTo(1.7, within(1e-6));
        assertThat(step(step, w, 100, 0.1)).isTrue();
        assertThat(w.item()).isCloseTo(1.3, within(1e-6));
      }
    }
  }

  @Test
  void aStepWhoseScaledGradientOverflowsIsLeftOut() {
    try (TorchScope scope = TorchScope.open("test")) {
      Tensor w = weight();
      List<Tensor> parameters = List.of(w);
      GradScaler scaler = new GradScaler();
      double start = scaler.scale();
      try (MixedPrecisionStep step = new MixedPrecisionStep(new Sgd(parameters, 0, false, 0),
          parameters, 4, Device.CPU, Optional.of(scaler))) {
        // float32 ends at 3.4e38; times the scale of 65536 this is beyond.
        assertThat(step(step, w, 1e34, 0.1)).isFalse();
        assertThat(w.item()).isEqualTo(2);
        assertThat(scaler.scale()).isEqualTo(start / 2);
        // The scale is gone from the gradient before it is clipped.
        assertThat(step(step, w, 3, 0.1)).isTrue();
        assertThat(w.item()).isCloseTo(1.7, within(1e-3));
        assertThat(scaler.scale()).isEqualTo(start / 2);
      }
    }
  }
}
