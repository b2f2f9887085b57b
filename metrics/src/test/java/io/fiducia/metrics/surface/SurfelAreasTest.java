package io.fiducia.metrics.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Vec3;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SurfelAreasTest {
  /**
   * peers/surfel_areas.txt holds the table of surface-distance 0.1 for 1.5 x 0.7 x 3.1 mm along x, y
   * and z, in the order of our codes; peers/surfel_areas.py made it.
   */
  @Test
  void everyCodeHasTheAreaOfSurfaceDistance() throws IOException {
    double[] table = SurfelAreas.table(new Vec3(1.5, 0.7, 3.1));
    try (InputStream in = getClass().getResourceAsStream("/peers/surfel_areas.txt")) {
      List<String> lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
          .toList();
      assertThat(lines).hasSize(256);
      for (int code = 0; code < 256; code++) {
        assertThat(table[code]).as("code " + code)
            .isCloseTo(Double.parseDouble(lines.get(code)), within(1e-12));
      }
    }
  }
}
