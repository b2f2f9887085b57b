package io.fiducia.metrics.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Distances on sheared grids against loops over all pairs of boundary points in the patient. */
class ShearedNearestPointsTest {
  private static final Size SIZE = new Size(71, 13, 9);

  /** A grid whose axes lean by the given cosines: x to y, x to z, y to z. */
  private static Geometry grid(Size size, double xy, double xz, double yz) {
    Vec3 y = new Vec3(xy, Math.sqrt(1 - xy * xy), 0);
    double zy = (yz - xy * xz) / y.y();
    Vec3 z = new Vec3(xz, zy, -Math.sqrt(1 - xz * xz - zy * zy));
    return new Geometry(size, new Vec3(0.9, 1.3, 2.5), new Vec3(4, 5, 6),
        new Mat3(new Vec3(1, 0, 0), y, z));
  }

  @ParameterizedTest
  @CsvSource({"1,0.01,0,0,0.34", "2,0.002,0.5,0,0", "3,0.0004,-0.3,0.6,0.2", "4,0.05,0.1,-0.8,0.3",
    "5,0.0003,0.9,0.2,0.4"})
  void everyPointFindsTheNearest(long seed, double share, double xy, double xz, double yz) {
    Geometry grid = grid(SIZE, xy, xz, yz);
    boolean[][] in = random(seed, share, SIZE);
    assertDistances(grid, in, false);
  }

  /** In two dimensions the lean of the third axis means nothing. */
  @ParameterizedTest
  @CsvSource({"1,0.03,0,0.7", "2,0.03,0.6,0", "3,0.002,-0.4,0.3"})
  void aPlaneMayBeShearedToo(long seed, double share, double xy, double yz) {
    Size size = new Size(71, 40, 1);
    assertDistances(grid(size, xy, 0, yz), random(seed, share, size), true);
  }

  private static boolean[][] random(long seed, double share, Size size) {
    Random random = new Random(seed);
    boolean[][] in = new boolean[2][size.voxels()];
    for (boolean[] mask : in) {
      for (int i = 0; i < mask.length; i++) {
        if (random.nextDouble() < share) {
          int end = Math.min(mask.length, i + 1 + random.nextInt(4));
          java.util.Arrays.fill(mask, i, end, true);
        }
      }
      mask[random.nextInt(mask.length)] = true;
    }
    return in;
  }

  private static void assertDistances(Geometry grid, boolean[][] in, boolean plane) {
    Size size = grid.size();
    VoxelDistances found = VoxelDistances.between(MaskPairs.pair(size, Lattice.of(grid, plane),
        (x, y, z) -> in[0][size.index(x, y, z)], (x, y, z) -> in[1][size.index(x, y, z)]));
    List<Vec3> reference = boundary(grid, in[0], plane);
    List<Vec3> prediction = boundary(grid, in[1], plane);
    assertThat(found.fromReference()).containsExactly(nearest(reference, prediction),
        within(1e-9));
    assertThat(found.fromPrediction()).containsExactly(nearest(prediction, reference),
        within(1e-9));
  }

  private static List<Vec3> boundary(Geometry grid, boolean[] mask, boolean plane) {
    Size s = grid.size();
    int[][] ways = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
    List<Vec3> points = new ArrayList<>();
    for (int i = 0; i < mask.length; i++) {
      int x = i % s.x();
      int y = i / s.x() % s.y();
      int z = i / s.x() / s.y();
      boolean edge = false;
      for (int w = 0; w < (plane ? 4 : 6); w++) {
        int a = x + ways[w][0];
        int b = y + ways[w][1];
        int c = z + ways[w][2];
        edge |= a < 0 || b < 0 || c < 0 || a >= s.x() || b >= s.y() || c >= s.z()
            || !mask[s.index(a, b, c)];
      }
      if (mask[i] && edge) {
        points.add(grid.toPhysical(x, y, z));
      }
    }
    return points;
  }

  private static double[] nearest(List<Vec3> from, List<Vec3> to) {
    return from.stream()
        .mapToDouble(p -> to.stream().mapToDouble(q -> p.minus(q).norm()).min().orElseThrow())
        .sorted().toArray();
  }
}
