package io.fiducia.raster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LabelPaletteTest {
  @Test
  void coloursAreBrightAndDistinct() {
    Set<Integer> seen = new HashSet<>();
    for (int label = 1; label <= 167; label++) {
      int rgb = LabelPalette.rgb(label);
      seen.add(rgb);
      int r = rgb >> 16;
      int g = rgb >> 8 & 255;
      int b = rgb & 255;
      // Relative luminance of sRGB (Rec. 709): neither black nor white on any background.
      double luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      assertThat(luminance).as("label %d", label).isBetween(90.0, 230.0);
      assertThat(rgb >>> 24).isZero();
    }
    assertThat(seen).hasSize(167);
  }

  @Test
  void neighbouringLabelsDiffer() {
    for (int label = 1; label <= 167; label++) {
      for (int step = 1; step <= 3; step++) {
        int a = LabelPalette.rgb(label);
        int b = LabelPalette.rgb(label + step);
        int distance = 0;
        for (int shift = 0; shift < 24; shift += 8) {
          distance += Math.abs((a >> shift & 255) - (b >> shift & 255));
        }
        assertThat(distance).as("labels %d and %d", label, label + step).isGreaterThan(60);
      }
    }
  }
}
