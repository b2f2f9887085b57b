package io.fiducia.learn.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Expected numbers: nnunetv2 2.8.1's compute_steps_for_sliding_window and compute_gaussian. */
class TilesTest {
  @Test
  void tilesStartWhereNnunetPutsThem() {
    assertThat(Tiles.starts(110, 64, 0.5)).containsExactly(0, 23, 46);
    assertThat(Tiles.starts(128, 128, 0.5)).containsExactly(0);
    assertThat(Tiles.starts(241, 128, 0.5)).containsExactly(0, 56, 113);
    assertThat(Tiles.starts(241, 128, 0.8)).containsExactly(0, 56, 113);
  }

  @Test
  void aFlatPatchVisitsEverySliceOnce() {
    assertThat(Tiles.starts(4, 1, 0.5)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void aPatchLargerThanTheImageIsRefused() {
    assertThatThrownBy(() -> Tiles.starts(63, 64, 0.5))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("63");
  }

  @Test
  void theGaussianHasNnunetsValues() {
    float[] g = Tiles.gaussian(new int[]{128, 128, 128});
    float min = Float.POSITIVE_INFINITY;
    float max = 0;
    for (float v : g) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    int atMinimum = 0;
    for (float v : g) {
      atMinimum += v == min ? 1 : 0;
    }
    assertThat(max).isEqualTo(10f);
    // The smallest half-precision number.
    assertThat((double) min).isCloseTo(5.9604644775390625e-8, within(1e-14));
    assertThat(atMinimum).isEqualTo(18987);
  }
}
