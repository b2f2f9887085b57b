package io.fiducia.torch.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of torch.amp.GradScaler, which cannot itself be run without a GPU. */
class GradScalerTest {
  /** The scale is a power of two, so that scaling and back changes no bit. */
  @Test
  void gradientsComeBackAsTheyWouldHaveBeen() {
    try (TorchScope scope = TorchScope.open("test")) {
      float[] values = {0.1f, -3, 7e-3f};
      Tensor plain = Tensor.of(values, Device.CPU, 3).requiresGrad_(true);
      plain.mul(plain).sum().backward();
      Tensor scaled = Tensor.of(values, Device.CPU, 3).requiresGrad_(true);
      GradScaler scaler = new GradScaler();
      scaler.scale(scaled.mul(scaled).sum()).backward();
      assertThat(scaled.grad().toFloats()[1]).isEqualTo(-6 * 65536f);
      scaler.unscale(List.of(scaled));
      assertThat(scaled.grad().toFloats()).isEqualTo(plain.grad().toFloats());
    }
  }

  @Test
  void theScaleFollowsOverflows() {
    GradScaler scaler = new GradScaler();
    scaler.update(false);
    assertThat(scaler.scale()).isEqualTo(32768);
    for (int i = 0; i < 1999; i++) {
      scaler.update(true);
    }
    assertThat(scaler.scale()).isEqualTo(32768);
    GradScaler resumed = new GradScaler();
    resumed.load(scaler.stateForCheckpoint());
    resumed.update(true);
    assertThat(resumed.scale()).isEqualTo(65536);
    resumed.load(Map.of());
    assertThat(resumed.scale()).isEqualTo(65536);
  }
}
