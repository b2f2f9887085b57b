package io.fiducia.metrics.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * MaskPairs whose rows take several words, dense to sparse, against loops over all voxels and all pairs of
 * points.
 */
class WideMasksTest {
  private static final Vec3 MM = new Vec3(0.9, 1.3, 2.5);
  private static final Size SIZE = new Size(203, 9, 7);

  private final boolean[][] in = new boolean[2][SIZE.voxels()];

  /** Runs with sparse ends, so that words are full, partly full and empty, and neighbours lie far. */
  private MaskPair random(long seed, double starts, int longest) {
    Random random = new Random(seed);
    for (boolean[] mask : in) {
      for (int i = 0; i < mask.length; i++) {
        if (random.nextDouble() < starts) {
          int x = i % SIZE.x();
          int to = Math.min(SIZE.x(), x + 1 + random.nextInt(longest));
          java.util.Arrays.fill(mask, i, i - x + to, true);
        }
      }
      mask[random.nextInt(mask.length)] = true;
    }
    return MaskPairs.pair(SIZE, MM, (x, y, z) -> in(0, x, y, z), (x, y, z) -> in(1, x, y, z));
  }

  private boolean in(int side, int x, int y, int z) {
    return x >= 0 && y >= 0 && z >= 0 && x < SIZE.x() && y < SIZE.y() && z < SIZE.z()
        && in[side][SIZE.index(x, y, z)];
  }

  @ParameterizedTest
  @CsvSource({"1,0.02,90", "2,0.001,3", "3,0.0003,1", "4,0.05,4", "5,0.0001,150"})
  void distancesBetweenBoundaries(long seed, double starts, int longest) {
    VoxelDistances distances = VoxelDistances.between(random(seed, starts, longest));

    List<List<int[]>> boundary = List.of(boundary(0), boundary(1));
    assertThat(distances.fromReference()).containsExactly(
        nearest(boundary.get(0), boundary.get(1)), within(1e-12));
    assertThat(distances.fromPrediction()).containsExactly(
        nearest(boundary.get(1), boundary.get(0)), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"1,0.02,90", "2,0.001,3", "4,0.05,4"})
  void surfaceElements(long seed, double starts, int longest) {
    MaskPair pair = random(seed, starts, longest);
    double[] table = SurfelAreas.table(Lattice.rightAngled(MM, false));
    List<Double> areas = new ArrayList<>();
    for (int z = -1; z < SIZE.z(); z++) {
      for (int y = -1; y < SIZE.y(); y++) {
        for (int x = -1; x < SIZE.x(); x++) {
          int code = 0;
          for (int corner = 0; corner < 8; corner++) {
            code |= in(0, x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2))
                ? 1 << corner
                : 0;
          }
          if (code != 0 && code != 255) {
            areas.add(table[code]);
          }
        }
      }
    }
    assertThat(SurfelDistances.between(pair).referenceAreas())
        .containsExactly(areas.stream().mapToDouble(Double::doubleValue).toArray());
  }

  @ParameterizedTest
  @CsvSource({"1,0.02,90", "3,0.0003,1", "5,0.0001,150"})
  void countsPlacesAndContours(long seed, double starts, int longest) {
    MaskPair pair = random(seed, starts, longest);
    for (Side side : Side.values()) {
      long n = 0;
      double sumX = 0;
      int s = side.ordinal();
      for (int i = 0; i < in[s].length; i++) {
        n += in[s][i] ? 1 : 0;
        sumX += in[s][i] ? i % SIZE.x() : 0;
      }
      assertThat(pair.voxels(side)).isEqualTo(n);
      assertThat(pair.centroid(side).x()).isCloseTo(sumX / n, within(1e-9));
      boolean[] padded = pair.padded(side);
      int[] shape = pair.paddedShapeZyx();
      for (int i = 0; i < padded.length; i++) {
        int x = i % shape[2] - 1;
        int y = i / shape[2] % shape[1] - 1;
        assertThat(padded[i]).isEqualTo(in(s, x, y, i / shape[2] / shape[1] - 1));
      }
    }
    long contour = 0;
    long added = 0;
    for (int i = 0; i < SIZE.voxels(); i++) {
      boolean reference = contour(0, i);
      contour += reference ? 1 : 0;
      added += reference && !contour(1, i) ? 1 : 0;
    }
    assertThat(SliceContours.between(pair).referenceContour()).isEqualTo(contour);
    assertThat(SliceContours.between(pair).added()).isEqualTo(added);
  }

  private boolean contour(int side, int i) {
    int x = i % SIZE.x();
    int y = i / SIZE.x() % SIZE.y();
    int z = i / SIZE.x() / SIZE.y();
    return in(side, x, y, z) && !(in(side, x - 1, y, z) && in(side, x + 1, y, z)
        && in(side, x, y - 1, z) && in(side, x, y + 1, z));
  }

  private List<int[]> boundary(int side) {
    List<int[]> points = new ArrayList<>();
    for (int i = 0; i < SIZE.voxels(); i++) {
      int x = i % SIZE.x();
      int y = i / SIZE.x() % SIZE.y();
      int z = i / SIZE.x() / SIZE.y();
      if (contour(side, i) || in(side, x, y, z)
          && !(in(side, x, y, z - 1) && in(side, x, y, z + 1))) {
        points.add(new int[]{x, y, z});
      }
    }
    return points;
  }

  /** Ascending distances of each point to the nearest of the others, by trying all. */
  private static double[] nearest(List<int[]> from, List<int[]> to) {
    return from.stream().mapToDouble(p -> to.stream()
        .mapToDouble(q -> new Vec3((p[0] - q[0]) * MM.x(), (p[1] - q[1]) * MM.y(),
            (p[2] - q[2]) * MM.z()).norm())
        .min().orElseThrow()).sorted().toArray();
  }
}
