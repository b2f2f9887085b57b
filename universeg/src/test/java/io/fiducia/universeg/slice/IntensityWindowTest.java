package io.fiducia.universeg.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IntensityWindowTest {
  @Test
  void clipsWhatLiesBeyondThePercentiles() {
    float[] values = new float[1001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    values[3] = Float.NaN;
    IntensityWindow scale = IntensityWindow.of(values, 0.01, 0);
    assertThat(scale.low()).isCloseTo(10, within(1.5));
    assertThat(scale.high()).isCloseTo(990, within(1.5));
    assertThat(scale.apply(0f)).isZero();
    assertThat(scale.apply(2000f)).isEqualTo(1);
    assertThat(scale.apply(Float.NaN)).isZero();
    assertThat(scale.apply(500f)).isCloseTo(.5f, within(1e-3f));
  }

  @Test
  void oneIntensityAloneIsInTheMiddle() {
    assertThat(IntensityWindow.of(new float[]{7, 7, 7}, 0.01, 0).apply(7f)).isEqualTo(.5f);
    assertThat(IntensityWindow.of(new float[]{7, 8, 9}, 0, 200).high()).isEqualTo(108);
    assertThat(IntensityWindow.of(new float[]{Float.NaN}, 0.01, 0).apply(3f)).isEqualTo(1);
  }

  @Test
  void refusesAnEmptyRange() {
    assertThatThrownBy(() -> new IntensityWindow(1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
