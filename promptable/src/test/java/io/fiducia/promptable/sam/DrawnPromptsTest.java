package io.fiducia.promptable.sam;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.promptable.sam.network.SamPrompts;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DrawnPromptsTest {
  private static final int SIDE = 16;
  private static final int SCALE = 4;
  private static final float[] NOTHING = new float[0];

  private static float[] draw(SamPrompts prompts) {
    return DrawnPrompts.of(prompts, SIDE, SCALE, Device.CPU).masks().orElseThrow().toFloats();
  }

  @Test
  void aBoxIsLikelyInsideAndUnlikelyOutside() {
    try (TorchScope scope = TorchScope.open("test")) {
      // Columns 2 to 5 and half of column 6; rows 3 to 4.
      float[] drawn = draw(SamPrompts.boxes(new float[]{8, 12, 26, 20}));
      assertThat(drawn[3 * SIDE + 2]).isEqualTo(1);
      assertThat(drawn[4 * SIDE + 5]).isEqualTo(1);
      assertThat(drawn[4 * SIDE + 6]).isEqualTo(-3.5f);
      assertThat(drawn[4 * SIDE + 7]).isEqualTo(-8);
      assertThat(drawn[5 * SIDE + 5]).isEqualTo(-8);
    }
  }

  @Test
  void pointsAreDiscsAndTheRestIsUnknown() {
    try (TorchScope scope = TorchScope.open("test")) {
      float[] drawn = draw(new SamPrompts(1, new float[]{22, 22, 42, 22}, new int[]{1, 0}, NOTHING,
          Optional.empty()));
      assertThat(drawn[5 * SIDE + 5]).isEqualTo(10);
      assertThat(drawn[5 * SIDE + 4]).isEqualTo(10);
      assertThat(drawn[5 * SIDE + 10]).isEqualTo(-10);
      assertThat(drawn[0]).isEqualTo(-2);
    }
  }

  @Test
  void anEarlierAnswerStaysUnderThePoints() {
    try (TorchScope scope = TorchScope.open("test")) {
      float[] earlier = new float[SIDE * SIDE];
      Arrays.fill(earlier, 30);
      earlier[0] = -3;
      float[] drawn = draw(new SamPrompts(1, new float[]{22, 22}, new int[]{0},
          new float[]{8, 8, 40, 40},
          Optional.of(Tensor.of(earlier, Device.CPU, 1, 1, SIDE, SIDE))));
      assertThat(drawn[0]).isEqualTo(-3);
      assertThat(drawn[10 * SIDE + 10]).isEqualTo(8);
      assertThat(drawn[5 * SIDE + 5]).isEqualTo(-10);
    }
  }

  @Test
  void eachPromptOfABatchHasItsOwnDrawing() {
    try (TorchScope scope = TorchScope.open("test")) {
      float[] drawn = draw(SamPrompts.boxes(new float[]{0, 0, 16, 16, 32, 32, 64, 64}));
      assertThat(drawn[0]).isEqualTo(1);
      assertThat(drawn[SIDE * SIDE]).isEqualTo(-8);
      assertThat(drawn[SIDE * SIDE + 12 * SIDE + 12]).isEqualTo(1);
    }
  }
}
