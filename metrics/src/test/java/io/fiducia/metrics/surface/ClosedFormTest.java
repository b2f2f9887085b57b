package io.fiducia.metrics.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import org.junit.jupiter.api.Test;

/** Shapes whose distances are known, on ever finer grids. */
class ClosedFormTest {
  private static final double RADIUS = 20;
  private static final double SHIFT = 4;

  /** A sphere against itself shifted along x, on a grid of half the spacing each time. */
  private static MaskPair spheres(double scale) {
    Vec3 mm = new Vec3(scale, 1.25 * scale, 2.5 * scale);
    Size size = new Size((int) (56 / mm.x()), (int) (52 / mm.y()), (int) (52 / mm.z()));
    // Off the grid, so that no symmetry flatters the result.
    double cx = 24.13 / mm.x();
    double cy = 25.37 / mm.y();
    double cz = 25.71 / mm.z();
    return MaskPairs.pair(size, mm, MaskPairs.ellipsoid(mm, cx, cy, cz, RADIUS, RADIUS, RADIUS),
        MaskPairs.ellipsoid(mm, cx + SHIFT / mm.x(), cy, cz, RADIUS, RADIUS, RADIUS));
  }

  /**
   * Of a unit vector at angle t to the shift, the point at radius R lies |sqrt(R2 + s2 - 2 R s cos
   * t) - R| from the shifted sphere; cos t is uniform on a sphere.
   */
  private static double meanDistance() {
    int n = 200_000;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double cos = -1 + (i + 0.5) * 2 / n;
      sum += Math.abs(
          Math.sqrt(RADIUS * RADIUS + SHIFT * SHIFT - 2 * RADIUS * SHIFT * cos) - RADIUS);
    }
    return sum / n;
  }

  /** The share of a sphere within a tolerance of the shifted one, by the same formula. */
  private static double shareWithin(double mm) {
    double far = (RADIUS + mm) * (RADIUS + mm);
    double near = (RADIUS - mm) * (RADIUS - mm);
    double base = RADIUS * RADIUS + SHIFT * SHIFT;
    double low = (base - far) / (2 * RADIUS * SHIFT);
    double high = (base - near) / (2 * RADIUS * SHIFT);
    return (Math.min(1, high) - Math.max(-1, low)) / 2;
  }

  private static double mean(double[] distances, double[] areas) {
    double sum = 0;
    double total = 0;
    for (int i = 0; i < areas.length; i++) {
      sum += distances[i] * areas[i];
      total += areas[i];
    }
    return sum / total;
  }

  /**
   * A surface of voxels has steps, and the nearest of many steps is nearer than the smooth surface:
   * the errors of means and shares fall a little slower than the spacing, by more than half over
   * two halvings. Averages over boundary voxels (ASSD, MASD, voxel NSD) have no such limit: a surface
   * along the coarse axis has more voxels for its area than one across it.
   */
  @Test
  void shiftedSpheresConvergeWithTheSpacing() {
    double[] scales = {1, 0.5, 0.25};
    double[] meanError = new double[scales.length];
    double[] shareError = new double[scales.length];
    for (int i = 0; i < scales.length; i++) {
      MaskPair pair = spheres(scales[i]);
      SurfelDistances s = SurfelDistances.between(pair);
      meanError[i] = Math.abs(mean(s.fromReference(), s.referenceAreas()) - meanDistance());
      shareError[i] = Math.abs(s.shareWithin(2) - shareWithin(2));
      assertThat(VoxelDistances.between(pair).hausdorff()).isCloseTo(SHIFT,
          within(0.5 * scales[i]));
      assertThat(pair.centroid(Side.PREDICTION).x() - pair.centroid(Side.REFERENCE).x())
          .isCloseTo(SHIFT / scales[i], within(0.02 / scales[i]));
    }
    for (double[] error : new double[][]{meanError, shareError}) {
      assertThat(error[1]).isLessThan(error[0]);
      assertThat(error[2]).isLessThan(0.5 * error[0]);
    }
    assertThat(meanError[2]).isLessThan(0.25);
    assertThat(shareError[2]).isLessThan(0.08);
  }

  /**
   * Cubes of edge 2a and 2b about one centre, edges on voxel faces: every face is b - a from the
   * other, edges and corners of the larger are farther by sqrt 2 and sqrt 3. Exact at any spacing.
   */
  @Test
  void cubeInsideCubeIsExact() {
    for (Vec3 mm : new Vec3[]{new Vec3(1, 1, 1), new Vec3(0.5, 0.5, 0.5), new Vec3(2, 1, 0.5)}) {
      Size size = new Size((int) (64 / mm.x()), (int) (64 / mm.y()), (int) (64 / mm.z()));
      MaskPair pair = MaskPairs.pair(size, mm, cube(mm, 16), cube(mm, 20));
      VoxelDistances d = VoxelDistances.between(pair);
      assertThat(d.hausdorff()).isCloseTo(4 * Math.sqrt(3), within(1e-12));
      assertThat(d.hausdorff(50)).isCloseTo(4, within(1e-12));
      SurfelDistances s = SurfelDistances.between(pair);
      assertThat(s.shareWithin(3.999)).isZero();
      // All of the inner cube, and of the outer one's faces the middles (corners lie on the grid,
      // where a surface element has half of its area on each side of an edge of the square).
      double inner = 6 * 32 * 32;
      double outer = 6 * 40 * 40;
      assertThat(s.shareWithin(4.001)).isCloseTo((inner + inner) / (inner + outer),
          within(0.05 * Math.max(mm.x(), mm.z())));
    }
  }

  private static MaskPairs.Shape cube(Vec3 mm, double half) {
    return (x, y, z) -> Math.abs((x + 0.5) * mm.x() - 32) < half
        && Math.abs((y + 0.5) * mm.y() - 32) < half && Math.abs((z + 0.5) * mm.z() - 32) < half;
  }

  /** Surfaces far apart take the distance transform, and agree with the centres' distance. */
  @Test
  void farMasksAreMeasuredExactly() {
    Vec3 mm = new Vec3(0.7, 1.1, 2.3);
    MaskPair pair = MaskPairs.pair(new Size(90, 80, 70), mm,
        (x, y, z) -> x == 2 && y == 3 && z == 4,
        (x, y, z) -> x == 85 && y >= 70 && y <= 71 && z >= 60 && z <= 61);
    double nearest = new Vec3(83 * 0.7, 67 * 1.1, 56 * 2.3).norm();
    double farthest = new Vec3(83 * 0.7, 68 * 1.1, 57 * 2.3).norm();
    VoxelDistances d = VoxelDistances.between(pair);
    assertThat(d.fromReference()).hasSize(1);
    assertThat(d.fromReference()[0]).isCloseTo(nearest, within(1e-12));
    assertThat(d.hausdorff()).isCloseTo(farthest, within(1e-12));
  }
}
