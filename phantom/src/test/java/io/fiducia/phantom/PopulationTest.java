package io.fiducia.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A population's volumes against what was measured in women. Papers and their numbers:
 * docs/phantom.md.
 */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PopulationTest {
  private static final int PATIENTS = 60;

  /** Volumes in cm3 of those who have the organ, in order. */
  private final Map<PelvisStructure, double[]> volumes = new EnumMap<>(PelvisStructure.class);

  @BeforeAll
  void sample() {
    Map<PelvisStructure, double[]> all = new EnumMap<>(PelvisStructure.class);
    for (PelvisStructure s : PelvisStructure.values()) {
      all.put(s, new double[PATIENTS]);
    }
    for (int n = 0; n < PATIENTS; n++) {
      PelvisAnatomy anatomy = PelvisAnatomy.of(Patient.draw(101, n, Patient.Options.usual()));
      Geometry grid = anatomy.grid(3, 4);
      for (Map.Entry<PelvisStructure, boolean[]> e : anatomy
          .structures(grid, Contouring.usual(n)).entrySet()) {
        int inside = 0;
        for (boolean b : e.getValue()) {
          inside += b ? 1 : 0;
        }
        all.get(e.getKey())[n] = inside * grid.voxelVolumeMm3() / 1000;
      }
    }
    all.forEach((s, v) -> volumes.put(s, Arrays.stream(v).filter(x -> x > 0).sorted().toArray()));
  }

  private double mean(PelvisStructure s) {
    return Arrays.stream(volumes.get(s)).average().orElseThrow();
  }

  private double quantile(PelvisStructure s, double q) {
    double[] v = volumes.get(s);
    return v[(int) Math.round(q * (v.length - 1))];
  }

  /** 263 cm3 +- 110 on planning CT of 25 women with cervical cancer; groups below 100 to above 200. */
  @Test
  void bladder() {
    assertThat(mean(PelvisStructure.BLADDER)).isBetween(150.0, 290.0);
    assertThat(quantile(PelvisStructure.BLADDER, 0.05)).isBetween(40.0, 120.0);
    assertThat(quantile(PelvisStructure.BLADDER, 0.95)).isBetween(280.0, 500.0);
  }

  /** 14.3 cm +- 2.1 from anal verge to sigmoid in women, with a cross-section of 4 to 12 cm2. */
  @Test
  void anorectum() {
    assertThat(mean(PelvisStructure.ANORECTUM)).isBetween(70.0, 130.0);
    assertThat(quantile(PelvisStructure.ANORECTUM, 0.05)).isGreaterThan(14.3 * 3);
    assertThat(quantile(PelvisStructure.ANORECTUM, 0.95)).isLessThan(14.3 * 14);
  }

  /** 15 to 90 cm3 for a healthy one; tumours of 12 to 70 mm and myomas come on top. */
  @Test
  void uterus() {
    assertThat(quantile(PelvisStructure.UTERUS, 0.5)).isBetween(50.0, 130.0);
    assertThat(quantile(PelvisStructure.UTERUS, 0.05)).isGreaterThan(25);
    assertThat(quantile(PelvisStructure.UTERUS, 0.95)).isLessThan(300);
  }

  /** A sphere of 45.3 mm +- 3.5 (right) and 44.3 mm +- 3.3 (left) in women, and the neck. */
  @Test
  void femoralHeads() {
    for (PelvisStructure s : new PelvisStructure[]{PelvisStructure.FEMUR_HEAD_L,
      PelvisStructure.FEMUR_HEAD_R}) {
      double sphere = Math.PI / 6 * Math.pow(4.45, 3);
      assertThat(mean(s)).isBetween(sphere, 1.6 * sphere);
      assertThat(quantile(s, 0.05)).isGreaterThan(Math.PI / 6 * Math.pow(3.9, 3));
      assertThat(quantile(s, 0.95)).isLessThan(1.6 * Math.PI / 6 * Math.pow(5.1, 3));
    }
  }
}
