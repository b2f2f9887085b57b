package io.fiducia.phantom;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Bodies of a few patients against anatomy. Ranges of volumes: docs/phantom.md names the papers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PelvisAnatomyTest {
  private static final int PATIENTS = 6;
  private static final double XY_MM = 3;
  private static final double Z_MM = 4;
  private static final Patient.Options POPULATION = Patient.Options.usual();

  private final List<Body> bodies = new ArrayList<>();

  /** One patient, sampled. */
  private record Body(Patient patient, Geometry grid, short[] tissues,
      Map<PelvisStructure, boolean[]> masks) {
    static Body of(Patient patient, long hand) {
      PelvisAnatomy anatomy = PelvisAnatomy.of(patient);
      Geometry grid = anatomy.grid(XY_MM, Z_MM);
      return new Body(patient, grid, anatomy.tissues(grid).data(),
          anatomy.structures(grid, Contouring.usual(hand)));
    }

    double cm3(PelvisStructure s) {
      int n = 0;
      for (boolean b : masks.get(s)) {
        n += b ? 1 : 0;
      }
      return n * grid.voxelVolumeMm3() / 1000;
    }

    Vec3 centre(PelvisStructure s) {
      boolean[] mask = masks.get(s);
      Size size = grid.size();
      Vec3 sum = new Vec3(0, 0, 0);
      int n = 0;
      for (int i = 0; i < mask.length; i++) {
        if (mask[i]) {
          int row = i / size.x();
          sum = sum.plus(grid.toPhysical(i % size.x(), row % size.y(), row / size.y()));
          n++;
        }
      }
      return sum.times(1.0 / n);
    }

    boolean has(PelvisStructure s) {
      return cm3(s) > 0;
    }
  }

  @BeforeAll
  void sample() {
    for (int n = 0; n < PATIENTS; n++) {
      bodies.add(Body.of(Patient.draw(11, n, POPULATION), n));
    }
  }

  @Test
  void organsHaveTheVolumesOfAdults() {
    for (Body b : bodies) {
      String who = b.patient.toString();
      assertThat(b.cm3(PelvisStructure.BLADDER)).as(who).isBetween(35.0, 520.0);
      assertThat(b.cm3(PelvisStructure.ANORECTUM)).as(who).isBetween(30.0, 220.0);
      assertThat(b.cm3(PelvisStructure.FEMUR_HEAD_L)).as(who).isBetween(38.0, 85.0);
      assertThat(b.cm3(PelvisStructure.FEMUR_HEAD_R)).as(who).isBetween(38.0, 85.0);
      if (b.patient.hysterectomy()) {
        assertThat(b.cm3(PelvisStructure.UTERUS)).as(who).isZero();
      } else {
        assertThat(b.cm3(PelvisStructure.UTERUS)).as(who).isBetween(25.0, 420.0);
      }
      assertThat(b.cm3(PelvisStructure.CTVN)).as(who).isBetween(120.0, 600.0);
      assertThat(b.cm3(PelvisStructure.BOWEL)).as(who).isBetween(300.0, 2600.0);
    }
  }

  @Test
  void fillingIsWhatTheBladderHoldsUnlessItsNeighboursTakeIt() {
    for (Body b : bodies) {
      assertThat(b.cm3(PelvisStructure.BLADDER) / b.patient.bladderCm3())
          .as(b.patient.toString()).isBetween(0.6, 1.2);
    }
  }

  /** In LPS the left side has the larger x, the back the larger y, the head the larger z. */
  @Test
  void everythingLiesOnItsSide() {
    for (Body b : bodies) {
      String who = b.patient.toString();
      Vec3 left = b.centre(PelvisStructure.FEMUR_HEAD_L);
      Vec3 right = b.centre(PelvisStructure.FEMUR_HEAD_R);
      assertThat(left.x()).as(who).isBetween(75.0, 120.0);
      assertThat(right.x()).as(who).isBetween(-120.0, -75.0);
      Vec3 bladder = b.centre(PelvisStructure.BLADDER);
      Vec3 rectum = b.centre(PelvisStructure.ANORECTUM);
      assertThat(bladder.y()).as(who).isLessThan(rectum.y() - 20);
      assertThat(b.centre(PelvisStructure.BOWEL).z()).as(who).isGreaterThan(bladder.z());
      if (b.has(PelvisStructure.UTERUS)) {
        assertThat(b.centre(PelvisStructure.UTERUS).y()).as(who).isBetween(bladder.y(),
            rectum.y() + 5);
      }
    }
  }

  @Test
  void organsDoNotOverlapAndAreWhole() {
    List<PelvisStructure> organs = List.of(PelvisStructure.BLADDER, PelvisStructure.ANORECTUM,
        PelvisStructure.BOWEL, PelvisStructure.FEMUR_HEAD_L, PelvisStructure.FEMUR_HEAD_R,
        PelvisStructure.UTERUS);
    for (Body b : bodies) {
      int overlaps = 0;
      for (int i = 0; i < b.tissues.length; i++) {
        int here = 0;
        for (PelvisStructure s : organs) {
          here += b.masks.get(s)[i] ? 1 : 0;
        }
        overlaps += here > 1 ? 1 : 0;
      }
      assertThat(overlaps).as(b.patient.toString()).isZero();
      for (PelvisStructure s : organs) {
        if (s != PelvisStructure.BOWEL && b.has(s)) {
          assertThat(pieces(b, s)).as(s + " of " + b.patient).isEqualTo(1);
        }
      }
    }
  }

  /** Nodal volumes of both sides meet before the spine or stay one piece on each side. */
  @Test
  void nodalVolumeIsOnePieceOrOneOnEachSide() {
    for (Body b : bodies) {
      assertThat(pieces(b, PelvisStructure.CTVN)).as(b.patient.toString()).isBetween(1, 2);
    }
  }

  @Test
  void drawnOrgansAreMadeOfTheirTissues() {
    for (Body b : bodies) {
      assertThat(share(b, PelvisStructure.BLADDER, Tissue.URINE, Tissue.BLADDER_WALL))
          .as(b.patient.toString()).isGreaterThan(0.9);
      assertThat(share(b, PelvisStructure.ANORECTUM, Tissue.BOWEL_WALL, Tissue.GAS, Tissue.STOOL,
          Tissue.BOWEL_FLUID)).as(b.patient.toString()).isGreaterThan(0.88);
      if (b.patient.prosthesis() == Patient.Side.NONE) {
        assertThat(share(b, PelvisStructure.FEMUR_HEAD_L, Tissue.MARROW, Tissue.CORTICAL_BONE))
            .as(b.patient.toString()).isGreaterThan(0.9);
      }
    }
  }

  /** What is said to be in the body is: no organ beyond the skin, no gas in the fat. */
  @Test
  void noStructureReachesOutOfTheBody() {
    for (Body b : bodies) {
      b.masks.forEach((s, mask) -> {
        int outside = 0;
        for (int i = 0; i < mask.length; i++) {
          outside += mask[i] && b.tissues[i] == Tissue.AIR.code() ? 1 : 0;
        }
        assertThat(outside).as(s + " of " + b.patient).isZero();
      });
    }
  }

  @Test
  void targetsGrowOutOfEachOther() {
    for (Body b : bodies) {
      boolean[] ptv = b.masks.get(PelvisStructure.PTV);
      for (PelvisStructure s : List.of(PelvisStructure.CTVP, PelvisStructure.CTVN,
          PelvisStructure.GTVP)) {
        boolean[] mask = b.masks.get(s);
        for (int i = 0; i < mask.length; i++) {
          assertThat(!mask[i] || ptv[i]).as(s + " lies in PTV").isTrue();
        }
      }
      assertThat(b.cm3(PelvisStructure.PTV)).isGreaterThan(
          1.5 * Math.max(b.cm3(PelvisStructure.CTVP), b.cm3(PelvisStructure.CTVN)));
    }
  }

  @Test
  void theNumberOfThreadsChangesNothing() throws Exception {
    Patient patient = bodies.get(0).patient;
    Body alone = new ForkJoinPool(1).submit(() -> Body.of(patient, 0)).get();
    Body together = new ForkJoinPool(3).submit(() -> Body.of(patient, 0)).get();
    assertThat(together.tissues).isEqualTo(alone.tissues).isEqualTo(bodies.get(0).tissues);
    alone.masks.forEach((s, mask) -> assertThat(together.masks.get(s)).as(s.tg263())
        .isEqualTo(mask));
  }

  @Test
  void prosthesisIsMetalOnItsSideAndTheSpacerLiesBeforeTheRectum() {
    Patient.Options all = new Patient.Options(0, 1, 1, 190, 26, 0.25);
    Body b = Body.of(Patient.draw(5, 0, all), 0);
    Size size = b.grid.size();
    int side = b.patient.prosthesis() == Patient.Side.LEFT ? 1 : -1;
    int metal = 0;
    int gel = 0;
    double gelY = 0;
    for (int i = 0; i < b.tissues.length; i++) {
      int row = i / size.x();
      Vec3 p = b.grid.toPhysical(i % size.x(), row % size.y(), row / size.y());
      if (b.tissues[i] == Tissue.METAL.code()) {
        metal++;
        assertThat(side * p.x()).isPositive();
      } else if (b.tissues[i] == Tissue.SPACER.code()) {
        gel++;
        gelY += p.y();
      }
    }
    assertThat(metal * b.grid.voxelVolumeMm3() / 1000).isBetween(15.0, 70.0);
    assertThat(gel * b.grid.voxelVolumeMm3() / 1000).isBetween(2.0, 20.0);
    assertThat(gelY / gel).isLessThan(b.centre(PelvisStructure.ANORECTUM).y());
  }

  private static double share(Body b, PelvisStructure s, Tissue... expected) {
    boolean[] mask = b.masks.get(s);
    List<Tissue> own = List.of(expected);
    int inside = 0;
    int right = 0;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        inside++;
        right += own.contains(Tissue.of(b.tissues[i])) ? 1 : 0;
      }
    }
    return right / (double) inside;
  }

  private static int pieces(Body b, PelvisStructure s) {
    Size size = b.grid.size();
    return Components.of(b.masks.get(s), new int[]{size.z(), size.y(), size.x()},
        Connectivity.CORNERS).count();
  }
}
