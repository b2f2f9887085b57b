package io.fiducia.universeg.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Reorient;
import org.junit.jupiter.api.Test;

class SliceSamplerTest {
  /** An image whose intensity is x + 10 y + 100 z in LPS millimetres: linear interpolation is exact. */
  private static FloatVolume ramp(Vec3 spacing) {
    Size size = new Size(30, 40, 20);
    Geometry grid = new Geometry(size, spacing, new Vec3(-10, 5, 3), Geometry.of(size, spacing)
        .direction());
    float[] data = new float[size.voxels()];
    for (int k = 0; k < size.z(); k++) {
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          Vec3 p = grid.toPhysical(i, j, k);
          data[size.index(i, j, k)] = (float) (p.x() + 10 * p.y() + 100 * p.z());
        }
      }
    }
    return new FloatVolume(grid, data);
  }

  @Test
  void everyPlaneShowsWhatLiesThere() {
    FloatVolume image = ramp(new Vec3(1.5, 1, 2));
    for (SlicePlane plane : SlicePlane.values()) {
      SliceView view = new SliceView(plane, new Vec3(12, 24, 22), 12, 128, 5, 1.5);
      float[] found = SliceSampler.image(image, view);
      for (int at : new int[]{0, 77, 128 * 128 + 5, 3 * 128 * 128 + 9999}) {
        Vec3 p = view.grid().toPhysical(at % 128, at / 128 % 128, at / 128 / 128);
        assertThat((double) found[at]).as(plane + " " + at)
            .isCloseTo(p.x() + 10 * p.y() + 100 * p.z(), within(2e-3));
      }
      assertThat(view.positionMm(2)).isCloseTo(
          view.centreMm().get(plane.normalAxis()), within(1e-12));
    }
  }

  @Test
  void theOrderOfTheImagesAxesDoesNotMatter() {
    FloatVolume image = ramp(new Vec3(1.5, 1, 2));
    SliceView view = new SliceView(SlicePlane.SAGITTAL, new Vec3(12, 24, 22), 60, 128, 7, 3);
    float[] expected = SliceSampler.image(image, view);
    for (String orientation : new String[]{"RAS", "PIR", "SLA"}) {
      float[] found = SliceSampler.image(Reorient.to(image, new Orientation(orientation)), view);
      for (int i = 0; i < found.length; i += 101) {
        assertThat(Float.isNaN(found[i])).isEqualTo(Float.isNaN(expected[i]));
        if (!Float.isNaN(found[i])) {
          assertThat(found[i]).isCloseTo(expected[i], within(0.02f));
        }
      }
    }
  }

  @Test
  void largePixelsAreMeansAndOutsideIsNotANumber() {
    Size size = new Size(512, 512, 1);
    float[] data = new float[size.voxels()];
    for (int i = 0; i < data.length; i++) {
      // Columns alternate: a sample of one voxel would be 0 or 1.
      data[i] = i % 2;
    }
    FloatVolume image = new FloatVolume(Geometry.of(size, new Vec3(1, 1, 3)), data);
    SliceView view = new SliceView(SlicePlane.AXIAL, new Vec3(255.5, 255.5, 0), 512, 128, 1, 3);
    float[] found = SliceSampler.image(image, view);
    assertThat(found[64 * 128 + 64]).isCloseTo(0.5f, within(1e-6f));
    SliceView beside = new SliceView(SlicePlane.AXIAL, new Vec3(600, 255.5, 0), 512, 128, 1, 3);
    float[] half = SliceSampler.image(image, beside);
    assertThat(half[64 * 128 + 127]).isNaN();
    assertThat(half[64 * 128]).isNotNaN();
  }

  @Test
  void coverageIsTheShareOfThePixel() {
    Size size = new Size(8, 8, 1);
    float[] mask = new float[64];
    for (int i = 0; i < 64; i++) {
      mask[i] = i % 8 < 4 ? 1 : 0;
    }
    FloatVolume volume = new FloatVolume(Geometry.of(size, new Vec3(16, 16, 1)), mask);
    float[] found = SliceSampler.coverage(volume,
        new SliceView(SlicePlane.AXIAL, new Vec3(56, 56, 0), 128, 128, 1, 1));
    // The edge lies between voxel centres 48 and 64 mm: half covered at 56 mm.
    assertThat(found[64 * 128 + 40]).isEqualTo(1);
    assertThat(found[64 * 128 + 90]).isEqualTo(0);
    assertThat((found[64 * 128 + 63] + found[64 * 128 + 64]) / 2).isCloseTo(.5f, within(1e-5f));
  }
}
