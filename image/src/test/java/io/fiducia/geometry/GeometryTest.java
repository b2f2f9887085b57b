package io.fiducia.geometry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GeometryTest {
  private static final Geometry GRID = Geometry.of(new Size(400, 300, 200), new Vec3(1, 1, 2.5));

  private static Geometry with(Vec3 spacing, Vec3 origin) {
    return new Geometry(GRID.size(), spacing, origin, GRID.direction());
  }

  /** 1 / 3 mm as float32 and as a double: the far corner moves by 4e-6 mm. */
  @Test
  void roundingOfFilesLeavesTheGridTheSame() {
    double third = 1.0 / 3;
    Geometry exact = with(new Vec3(third, 1, 2.5), new Vec3(-120.1, 33.3, 7));
    Geometry stored = with(new Vec3((float) third, 1, 2.5),
        new Vec3((float) -120.1, (float) 33.3, 7));
    assertThat(exact.sameGrid(stored)).isTrue();
    assertThat(exact).isNotEqualTo(stored);
  }

  /** The tolerance is that of voxel centres, at the corner where they lie farthest apart. */
  @Test
  void theFarthestCornerDecides() {
    assertThat(GRID.sameGrid(with(GRID.spacingMm(), new Vec3(0.009, 0, 0)))).isTrue();
    assertThat(GRID.sameGrid(with(GRID.spacingMm(), new Vec3(0.011, 0, 0)))).isFalse();
    // 399 voxels of 1.00002 mm end 0.00798 mm farther, of 1.00003 mm 0.01197 mm.
    assertThat(GRID.sameGrid(with(new Vec3(1.00002, 1, 2.5), GRID.originMm()))).isTrue();
    assertThat(GRID.sameGrid(with(new Vec3(1.00003, 1, 2.5), GRID.originMm()))).isFalse();
  }

  @Test
  void anotherSizeIsAnotherGrid() {
    assertThat(GRID.sameGrid(Geometry.of(new Size(400, 300, 201), GRID.spacingMm()))).isFalse();
  }
}
