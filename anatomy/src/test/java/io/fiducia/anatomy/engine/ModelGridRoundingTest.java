package io.fiducia.anatomy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelGridRoundingTest {
  /**
   * A spacing a little off the wanted one leaves the shape, so that values are cut and nothing else.
   * Closed form.
   */
  @Test
  void anImageThatKeepsItsShapeIsCutAndItsSourceIsNot() {
    // The axes in RAS orientation, so that nothing is turned and arrays could be shared.
    Geometry lps = Geometry.of(new Size(2, 2, 2), new Vec3(1.5001, 1.5, 1.5));
    Geometry ras = Orientation.of(lps)
        .to(new Orientation("RAS")).apply(lps);
    float[] source = {0.5f, -1.5f, 7.25f, 3, -0.5f, 1000.75f, -3, 2};
    FloatVolume image = new FloatVolume(ras, source.clone());
    ModelGrid grid = ModelGrid.of("case", image, Optional.of(new Vec3(1.5, 1.5, 1.5)), 1);
    assertThat(grid.image().data()).containsExactly(0, -1, 7, 3, 0, 1000, -3, 2);
    assertThat(image.data()).isEqualTo(source);
  }
}
