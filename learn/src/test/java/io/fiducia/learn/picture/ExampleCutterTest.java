package io.fiducia.learn.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import org.junit.jupiter.api.Test;

class ExampleCutterTest {
  private static final int SIDE = 64;
  private static final Distortion.Range TASK = new Distortion.Range(true, 0.5, Math.PI, 0.8, 1.1,
      0.05, 0.25, 0.008, 0.016);
  private static final Distortion.Range OWN = new Distortion.Range(false, 0.9, Math.toRadians(15),
      0.85, 1.15, 0.06, 0.95, 0.015, 0.05);
  private static final Crop WHOLE = new Crop(0.5, 0.5, 1);

  /** An asymmetric shape; the image equals the label. */
  private static Picture shape() {
    float[] values = new float[SIDE * SIDE];
    for (int y = 25; y < 40; y++) {
      for (int x = 24; x < (y < 32 ? 30 : 41); x++) {
        values[y * SIDE + x] = 1;
      }
    }
    return new Picture(SIDE, values, values.clone());
  }

  @Test
  void withoutAnyChangeTheExampleIsThePicture() {
    Picture from = shape();
    Picture out = ExampleCutter.cut(from, WHOLE, Distortion.NONE, Distortion.NONE, SIDE);
    assertThat(out.image()).usingComparatorWithPrecision(1e-4f).containsExactly(from.image());
    assertThat(out.label()).containsExactly(from.label());
  }

  @Test
  void aQuarterTurnMovesEveryPixelAsItShould() {
    Picture from = shape();
    Distortion turn = new Distortion(new double[]{0, 1, -1, 0, 0, 0}, SmoothField.NONE,
        SmoothField.NONE);
    Picture out = ExampleCutter.cut(from, WHOLE, turn, Distortion.NONE, SIDE);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        // (u, v) of the result shows (v, -u) of the source.
        assertThat(out.label()[y * SIDE + x]).isEqualTo(
            from.label()[(SIDE - 1 - x) * SIDE + y]);
      }
    }
  }

  @Test
  void imageAndLabelStayAligned() {
    Picture from = shape();
    for (int i = 0; i < 50; i++) {
      SeededRandom random = SeededRandom.of(3, "test", i);
      // Far enough from the border that its mirror image does not come into view.
      Picture out = ExampleCutter.cut(from, new Crop(0.5, 0.5, 0.6),
          Distortion.draw(random, TASK),
          Distortion.draw(random, OWN), SIDE);
      assertThat(out.empty()).isFalse();
      for (int p = 0; p < out.label().length; p++) {
        // The image equals the label, so it is at least one half exactly where the label is 1.
        if (Math.abs(out.image()[p] - 0.5f) > 1e-3) {
          assertThat(out.image()[p] > 0.5f).isEqualTo(out.label()[p] > 0);
        }
      }
    }
  }

  @Test
  void pixelsThatGetSmallerAreAveraged() {
    float[] stripes = new float[SIDE * SIDE];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = i % 2;
    }
    Picture out = ExampleCutter.cut(new Picture(SIDE, stripes, new float[stripes.length]), WHOLE,
        Distortion.NONE, Distortion.NONE, SIDE / 2);
    for (int y = 2; y < SIDE / 2 - 2; y++) {
      for (int x = 2; x < SIDE / 2 - 2; x++) {
        assertThat(out.image()[y * SIDE / 2 + x]).isBetween(0.4f, 0.6f);
      }
    }
  }
}
