package io.fiducia.promptable.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.promptable.testing.Bodies;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeInterpolationTest {
  private static final int SIDE = 101;

  /** A disc around the middle, in voxels of given sizes. */
  private static boolean[] disc(double radiusMm, double columnMm, double rowMm) {
    boolean[] mask = new boolean[SIDE * SIDE];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = Math.hypot((i % SIDE - 50) * columnMm, (i / SIDE - 50) * rowMm) <= radiusMm;
    }
    return mask;
  }

  private static SortedMap<Integer, boolean[]> slices(int k1, boolean[] a, int k2, boolean[] b) {
    return new TreeMap<>(Map.of(k1, a, k2, b));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "0.7,0.7"})
  void aCylinderIsExact(double columnMm, double rowMm) {
    boolean[] disc = disc(23.4, columnMm, rowMm);
    SortedMap<Integer, boolean[]> found = new ShapeInterpolation(SIDE, columnMm, rowMm)
        .between(slices(3, disc, 9, disc));
    assertThat(found.keySet()).containsExactly(3, 4, 5, 6, 7, 8, 9);
    found.values().forEach(mask -> assertThat(Bodies.differences(mask, disc)).isZero());
  }

  /** Between radii 10 and 30 the radius grows linearly: no voxel centre is off by more than half a voxel. */
  @ParameterizedTest
  @CsvSource({"1,1", "0.8,0.8"})
  void aConeIsExactUpToAVoxel(double columnMm, double rowMm) {
    SortedMap<Integer, boolean[]> found = new ShapeInterpolation(SIDE, columnMm, rowMm)
        .between(slices(0, disc(10, columnMm, rowMm), 10, disc(30, columnMm, rowMm)));
    for (int k = 1; k < 10; k++) {
      double radius = 10 + 2 * k;
      boolean[] mask = found.get(k);
      for (int i = 0; i < mask.length; i++) {
        double r = Math.hypot((i % SIDE - 50) * columnMm, (i / SIDE - 50) * rowMm);
        if (Math.abs(r - radius) > 0.5 * columnMm) {
          assertThat(mask[i]).as("slice " + k + ", " + r + " mm").isEqualTo(r < radius);
        }
      }
      assertThat(SliceMask.area(mask) * columnMm * rowMm).isCloseTo(Math.PI * radius * radius,
          within(0.05 * Math.PI * radius * radius));
    }
  }

  /** Towards an empty slice the shape shrinks to a point, as a cone does. */
  @Test
  void anEmptySliceEndsTheShape() {
    SortedMap<Integer, boolean[]> found = new ShapeInterpolation(SIDE, 1, 1)
        .between(slices(0, disc(40, 1, 1), 10, new boolean[SIDE * SIDE]));
    for (int k = 1; k < 10; k++) {
      double radius = 40 - 4 * k;
      assertThat(Math.sqrt(SliceMask.area(found.get(k)) / Math.PI)).isCloseTo(radius, within(1.0));
    }
    assertThat(SliceMask.area(found.get(10))).isZero();
  }

  @Test
  void beyondTheContouredSlicesTheShapeShrinksWithinTheRange() {
    boolean[] disc = disc(20, 1, 1);
    SortedMap<Integer, boolean[]> found = new ShapeInterpolation(SIDE, 1, 1)
        .within(new TreeMap<>(Map.of(5, disc)), 1, 7);
    assertThat(found.keySet()).containsExactly(1, 2, 3, 4, 5, 6, 7);
    assertThat(Bodies.differences(found.get(5), disc)).isZero();
    List<Integer> areas = found.values().stream().map(SliceMask::area).toList();
    assertThat(areas.subList(0, 5)).isSorted();
    assertThat(areas.get(0)).isPositive();
    assertThat(areas.get(6)).isBetween(1, areas.get(5));
  }

  /** A shape that touches the image's edge is not drawn there as if it went on. */
  @Test
  void theEdgeOfTheImageIsBackground() {
    boolean[] left = new boolean[SIDE * SIDE];
    for (int i = 0; i < left.length; i++) {
      left[i] = i % SIDE < 30;
    }
    SortedMap<Integer, boolean[]> found = new ShapeInterpolation(SIDE, 1, 1)
        .between(slices(0, left, 2, left));
    assertThat(Bodies.differences(found.get(1), left)).isZero();
  }

  @Test
  void twoEmptySlicesHaveNothingBetweenThem() {
    SortedMap<Integer, boolean[]> found = new ShapeInterpolation(SIDE, 1, 1)
        .between(slices(0, new boolean[SIDE * SIDE], 3, new boolean[SIDE * SIDE]));
    assertThat(found).hasSize(4);
    found.values().forEach(mask -> assertThat(SliceMask.area(mask)).isZero());
  }
}
