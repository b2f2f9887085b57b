package io.fiducia.promptable.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.TinyVitShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PictureSizeTest {
  private static final String PLACES = "image_encoder.pos_embed";
  private static final String TABLE = "image_encoder.blocks.1.attn.rel_pos_h";

  private static SamWeights weights(int side) {
    SamShape shape = new SamShape(VitShape.of(side, 16, 2, 2, 2, List.of(1), 32), 16, 4, 4);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    try (SamNetwork network = SamNetwork.create(shape, Device.CPU, 1)) {
      network.state().forEach((name, t) -> tensors.put(name, StoredTensors.toStored(t)));
    }
    return new SamWeights("test", SamFamily.VIT, shape, tensors, Map.of());
  }

  /** Linear interpolation of 0, 1 to four values with half-pixel centres: 0, 0.25, 0.75, 1. */
  @Test
  void placesAreInterpolatedAlongBothAxes() {
    SamWeights before = weights(32);
    float[] values = new float[2 * 2 * 16];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i / 32) * 10 + i / 16 % 2;
    }
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(before.tensors());
    tensors.put(PLACES, StoredTensor.ofFloats(values, 1, 2, 2, 16));
    SamWeights after = PictureSize.of(
        new SamWeights("test", SamFamily.VIT, before.shape(), tensors, Map.of()), 64);
    assertThat(after.tensors().get(PLACES).shape()).containsExactly(1, 4, 4, 16);
    float[] found = after.tensors().get(PLACES).toFloats();
    float[] steps = {0, 0.25f, 0.75f, 1};
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        assertThat(found[(y * 4 + x) * 16]).isEqualTo(10 * steps[y] + steps[x]);
      }
    }
  }

  @Test
  void theResultIsANetworkOfThatSize() {
    SamWeights after = PictureSize.of(weights(32), 64);
    assertThat(after.tensors().get(TABLE).shape()).containsExactly(7, 8);
    try (SamNetwork network = after.load(Device.CPU)) {
      assertThat(network.shape().encoder().imageSize()).isEqualTo(64);
    }
  }

  @Test
  void theSameSizeChangesNothing() {
    SamWeights before = weights(32);
    assertThat(PictureSize.of(before, 32)).isSameAs(before);
  }

  @Test
  void otherEncodersAreRefused() {
    SamWeights tiny = new SamWeights("tiny.pth", SamFamily.VIT_T,
        SamShape.of(TinyVitShape.mobile()), Map.of(), Map.of());
    assertThatThrownBy(() -> PictureSize.of(tiny, 512)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("tiny.pth");
  }
}
