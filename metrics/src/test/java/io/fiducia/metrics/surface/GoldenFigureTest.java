package io.fiducia.metrics.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import org.junit.jupiter.api.Test;

/**
 * Two ellipsoids on a grid of 64 x 64 x 24 voxels of 1 x 1 x 3 mm, with a spur of ten voxels on the
 * prediction. The figures are those of surface-distance 0.1, SimpleITK 2.5.7, plastimatch 1.9.4 and
 * SciPy 1.17 (boundary voxels by binary_erosion, distances by distance_transform_edt).
 */
class GoldenFigureTest {
  private static final Vec3 SPACING = new Vec3(1, 1, 3);
  private static final MaskPair PAIR = pair();

  private static MaskPair pair() {
    MaskPairs.Shape a = MaskPairs.ellipsoid(SPACING, 32, 32, 12, 16, 16, 18);
    MaskPairs.Shape b = MaskPairs.ellipsoid(SPACING, 31, 34, 12, 17, 15, 20);
    return MaskPairs.pair(new Size(64, 64, 24), SPACING, a,
        (x, y, z) -> b.contains(x, y, z) || z == 12 && y >= 10 && y < 20 && x == 31);
  }

  @Test
  void voxelsAreCounted() {
    assertThat(PAIR.voxels(Side.REFERENCE)).isEqualTo(6329);
    assertThat(PAIR.voxels(Side.PREDICTION)).isEqualTo(7142);
    assertThat(PAIR.common()).isEqualTo(5796);
  }

  @Test
  void boundaryDistancesAgree() {
    VoxelDistances d = VoxelDistances.between(PAIR);
    assertThat(d.hausdorff()).isCloseTo(6.082762530298219, within(1e-12));
    assertThat(d.hausdorff(95)).isEqualTo(3.0);
    assertThat(d.assd()).isCloseTo(1.45255, within(5e-6));
    assertThat(d.masd()).isCloseTo(1.45164, within(5e-6));
    assertThat(d.shareWithin(1)).isCloseTo(0.48763, within(5e-6));
    assertThat(d.shareWithin(2)).isCloseTo(0.71225, within(5e-6));
    assertThat(d.shareWithin(3)).isCloseTo(0.98574, within(5e-6));
  }

  @Test
  void surfaceDiceOfElementsAgrees() {
    SurfelDistances d = SurfelDistances.between(PAIR);
    assertThat(d.shareWithin(1)).isCloseTo(0.6388957624316617, within(1e-12));
    assertThat(d.shareWithin(2)).isCloseTo(0.841272124753627, within(1e-12));
    assertThat(d.shareWithin(3)).isCloseTo(0.9935876418786336, within(1e-12));
  }

  /** Squares of 4 x 4 pixels, one column apart: of 12 contour pixels 6 coincide. */
  @Test
  void addedPathIsCountedPixelByPixel() {
    MaskPair pair = MaskPairs.pair(new Size(9, 8, 3), SPACING,
        (x, y, z) -> z == 1 && x >= 2 && x < 6 && y >= 2 && y < 6,
        (x, y, z) -> z == 1 && x >= 3 && x < 7 && y >= 2 && y < 6);
    SliceContours c = SliceContours.between(pair);
    assertThat(c.referenceContour()).isEqualTo(12);
    // The columns x = 3 to 5 of the top and bottom rows are on both contours.
    assertThat(c.added()).isEqualTo(12 - 6);
    assertThat(c.missingSlices()).isZero();
  }

  @Test
  void slicesThatThePredictionLacksBetweenItsEndsAreCounted() {
    MaskPair pair = MaskPairs.pair(new Size(2, 2, 9), SPACING, (x, y, z) -> z != 4,
        (x, y, z) -> z == 2 || z == 6 || z == 7);
    // 3 and 5 are missing; 4 is not in the reference; 0, 1 and 8 lie beyond the ends.
    assertThat(SliceContours.between(pair).missingSlices()).isEqualTo(2);
  }
}
