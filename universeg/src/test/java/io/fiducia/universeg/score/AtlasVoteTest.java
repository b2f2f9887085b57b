package io.fiducia.universeg.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Adaptable;
import io.fiducia.core.Case;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.core.TrainingBudget;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** All expected contours follow from the definition of relative position; nothing is learned. */
class AtlasVoteTest {
  private static final StructureSet AB = StructureSet.of(Structure.of("A", 1),
      Structure.of("B", 2));
  private static final Geometry ROW = Geometry.of(new Size(4, 1, 1), new Vec3(1, 1, 1));

  /** Says whether a point, in LPS millimetres, lies in a structure. */
  private interface Shape {
    int label(Vec3 at);
  }

  private static DrawnCase draw(String id, Geometry grid, StructureSet structures, Shape shape) {
    Size size = grid.size();
    short[] labels = new short[size.voxels()];
    for (int k = 0; k < size.z(); k++) {
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          labels[size.index(i, j, k)] = (short) shape.label(grid.toPhysical(i, j, k));
        }
      }
    }
    return new DrawnCase(id, grid, structures, labels);
  }

  private static DrawnCase row(String id, int... labels) {
    short[] data = new short[labels.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) labels[i];
    }
    return new DrawnCase(id, Geometry.of(new Size(data.length, 1, 1), new Vec3(1, 1, 1)), AB,
        data);
  }

  private static Segmentation vote(Geometry target, DrawnCase... support) {
    try (Segmenter atlas = new AtlasVote().adapt(
        new Adaptable.Request(Arrays.asList(support), Optional.empty(),
            new TrainingBudget.Iterations(1), 0, Path.of("unused")),
        Progress.none(), new Cancellation())) {
      return atlas.segment(
          new Case("target", List.of(new FloatVolume(target, new float[target.size().voxels()]))),
          Progress.none(), new Cancellation());
    }
  }

  private static int[] labels(Segmentation found) {
    short[] data = found.labelMap().orElseThrow().data();
    int[] out = new int[data.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = data[i];
    }
    return out;
  }

  @Test
  void oneCaseOnTheSameGridIsCopied() {
    Geometry grid = new Geometry(new Size(7, 6, 5), new Vec3(0.7, 1.1, 2.5),
        new Vec3(-20, 31, 4), Mat3.IDENTITY);
    DrawnCase support = draw("s", grid, AB,
        at -> at.minus(new Vec3(-18, 33, 9)).norm() < 3 ? 1 : at.x() > -17 ? 2 : 0);
    Segmentation found = vote(grid, support);
    assertThat(found.labelMap().orElseThrow().data()).containsExactly(support.labels());
    assertThat(found.caseId()).isEqualTo("target");
    assertThat(found.structures().names()).containsExactly("A", "B");
  }

  /** A box at shares 0.25 to 0.5 (x), 0.5 to 1 (y), 0 to 0.25 (z) of the image stays at these shares. */
  private static int box(Vec3 at, Vec3 low, double extent) {
    double x = (at.x() - low.x()) / extent;
    double y = (at.y() - low.y()) / extent;
    double z = (at.z() - low.z()) / extent;
    return x > 0.25 && x < 0.5 && y > 0.5 && z < 0.25 ? 1 : 0;
  }

  @Test
  void orientationSpacingAndPlaceOfTheSupportDoNotMatter() {
    // 16 mm wide boxes with their corner at (100, -50, 7): axes turned, permuted and of other spacing.
    Vec3 corner = new Vec3(100, -50, 7);
    Geometry turned = new Geometry(new Size(16, 8, 4), new Vec3(1, 2, 4),
        corner.plus(new Vec3(16 - 0.5, 16 - 1, 2)),
        new Mat3(new Vec3(-1, 0, 0), new Vec3(0, -1, 0), new Vec3(0, 0, 1)));
    Geometry permuted = new Geometry(new Size(4, 16, 8), new Vec3(4, 1, 2),
        corner.plus(new Vec3(1, 2, 0.5)),
        new Mat3(new Vec3(0, 1, 0), new Vec3(0, 0, 1), new Vec3(1, 0, 0)));
    Geometry target = Geometry.of(new Size(8, 8, 8), new Vec3(1, 1, 1));
    DrawnCase expected = draw("e", target, AB, at -> box(at, new Vec3(-0.5, -0.5, -0.5), 8));
    for (Geometry support : List.of(turned, permuted)) {
      Segmentation found = vote(target, draw("s", support, AB, at -> box(at, corner, 16)));
      assertThat(found.labelMap().orElseThrow().data()).as(support.toString())
          .containsExactly(expected.labels());
    }
    // And the other way round: a turned target.
    Segmentation found = vote(turned,
        draw("s", target, AB, at -> box(at, new Vec3(-0.5, -0.5, -0.5), 8)));
    assertThat(found.labelMap().orElseThrow().data())
        .containsExactly(draw("e", turned, AB, at -> box(at, corner, 16)).labels());
  }

  @Test
  void halfOfTheCasesDecide() {
    assertThat(labels(vote(ROW, row("a", 1, 1, 1, 0), row("b", 1, 1, 0, 0),
        row("c", 1, 0, 0, 0)))).as("three: two are enough, one is not").containsExactly(1, 1, 0, 0);
    assertThat(labels(vote(ROW, row("a", 1, 1, 0, 0), row("b", 1, 0, 0, 0))))
        .as("two: one half is enough").containsExactly(1, 1, 0, 0);
  }

  @Test
  void theLargestMeanWinsAndTheFirstOfEqualOnes() {
    assertThat(labels(vote(ROW, row("a", 1, 1, 2, 2), row("b", 2, 1, 2, 0), row("c", 2, 2, 2, 0))))
        .containsExactly(2, 1, 2, 0);
    assertThat(labels(vote(ROW, row("a", 1, 2, 0, 2), row("b", 2, 1, 2, 2))))
        .as("one half each, in either order").containsExactly(1, 1, 2, 2);
  }

  @Test
  void aStructureThatACaseWasNotContouredForIsNotAVoteAgainstIt() {
    DrawnCase onlyA = new DrawnCase("b", ROW, StructureSet.of(Structure.of("A", 1)),
        new short[]{1, 0, 0, 0});
    DrawnCase alsoOnlyA = new DrawnCase("c", ROW, StructureSet.of(Structure.of("A", 1)),
        new short[]{1, 0, 0, 0});
    assertThat(labels(vote(ROW, row("a", 0, 0, 2, 2), onlyA, alsoOnlyA)))
        .containsExactly(1, 0, 2, 2);
    // Contoured and empty is a vote against.
    assertThat(labels(vote(ROW, row("a", 0, 0, 2, 2), row("b", 1, 0, 0, 0),
        row("c", 1, 0, 0, 0)))).containsExactly(1, 0, 0, 0);
  }

  @Test
  void structuresThatShareLabelsMayOverlap() {
    StructureSet nested = new StructureSet(List.of(Structure.of("GTV", 1),
        Structure.region("CTV", List.of(1, 2))));
    Segmentation found = vote(ROW, new DrawnCase("a", ROW, nested, new short[]{2, 1, 2, 0}));
    assertThat(found.mask("GTV")).containsExactly(false, true, false, false);
    assertThat(found.mask("CTV")).containsExactly(true, true, true, false);
  }

  @Test
  void aStructureThatFillsTheImageFillsTheTarget() {
    Geometry coarse = Geometry.of(new Size(2, 3, 2), new Vec3(5, 4, 3));
    Geometry fine = Geometry.of(new Size(9, 7, 8), new Vec3(1, 2, 1));
    assertThat(labels(vote(fine, draw("s", coarse, AB, at -> 2)))).containsOnly(2);
  }

  @Test
  void oneSliceIsAVolumeToo() {
    Geometry slice = Geometry.of(new Size(4, 2, 1), new Vec3(1, 1, 1));
    Geometry finer = Geometry.of(new Size(8, 4, 1), new Vec3(0.3, 0.3, 9));
    assertThat(labels(vote(finer, draw("s", slice, AB, at -> at.x() < 1.5 ? 1 : 0))))
        .containsExactly(1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1,
            1, 1, 1, 0, 0, 0, 0);
  }

  /** The corners of a tilted image's box lie outside of the image: nothing is there. */
  @Test
  void whatLiesOutsideOfATiltedSupportIsEmpty() {
    double c = Math.sqrt(0.5);
    Geometry tilted = new Geometry(new Size(10, 10, 1), new Vec3(1, 1, 1), new Vec3(0, 0, 0),
        new Mat3(new Vec3(c, c, 0), new Vec3(-c, c, 0), new Vec3(0, 0, 1)));
    Geometry target = Geometry.of(new Size(21, 21, 1), new Vec3(1, 1, 1));
    int[] found = labels(vote(target, draw("s", tilted, AB, at -> 1)));
    for (int j = 0; j < 21; j++) {
      for (int i = 0; i < 21; i++) {
        // The square standing on its corner: the sum of the distances from the middle.
        double away = Math.abs(i - 10) + Math.abs(j - 10);
        if (Math.abs(away - 10.5) > 1) {
          assertThat(found[i + 21 * j]).as(i + ", " + j).isEqualTo(away < 10.5 ? 1 : 0);
        }
      }
    }
  }

  @Test
  void casesWithoutAStructureAreRefused() {
    DrawnCase none = new DrawnCase("a", ROW, new StructureSet(List.of()), new short[4]);
    assertThatThrownBy(() -> vote(ROW, none)).isInstanceOfSatisfying(FiduciaException.class,
        e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT));
  }
}
