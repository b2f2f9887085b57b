package io.fiducia.metrics.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
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
    assertTable(SurfelAreas.table(Lattice.rightAngled(new Vec3(1.5, 0.7, 3.1), false)),
        "/peers/surfel_areas.txt");
  }

  /** The faces of surface-distance 0.1, sheared; peers/sheared_surfel_areas.py made the table. */
  @Test
  void onAShearedGridTheFacesAreSheared() throws IOException {
    Vec3 x = new Vec3(0.9, 0.1, 0);
    Vec3 y = new Vec3(0.2, 1.3, 0.3);
    Vec3 z = new Vec3(-0.4, 0.5, 2.4);
    Mat3 direction = new Mat3(x.times(1 / x.norm()), y.times(1 / y.norm()), z.times(1 / z.norm()));
    Geometry grid = new Geometry(new Size(2, 2, 2), new Vec3(x.norm(), y.norm(), z.norm()),
        new Vec3(0, 0, 0), direction);
    assertTable(SurfelAreas.table(Lattice.of(grid, false)), "/peers/sheared_surfel_areas.txt");
  }

  private void assertTable(double[] table, String resource) throws IOException {
    try (InputStream in = getClass().getResourceAsStream(resource)) {
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
