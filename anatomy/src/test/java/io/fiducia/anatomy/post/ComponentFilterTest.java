package io.fiducia.anatomy.post;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.anatomy.post.PostFixtures.Recorded;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Expected label maps: implementations of CADS's published rules with scipy in {@code
 * make_post_fixtures.py}, and closed forms.
 */
class ComponentFilterTest {
  private static final Vec3 MM = new Vec3(1.5, 1.5, 1.5);
  private static final int BRAIN = 9;

  static List<Recorded> filtered() {
    return PostFixtures.named("cads_filter");
  }

  @ParameterizedTest
  @MethodSource("filtered")
  void smallAndSurplusComponentsGo(Recorded r) {
    LabelVolume labels = r.before();
    int allowed = r.number("allowed");
    long removed = ComponentFilter.removeSmall(labels, r.number("label"), r.number("min"),
        allowed > 0 ? OptionalInt.of(allowed) : OptionalInt.empty());
    assertThat(labels.data()).isEqualTo(r.after());
    assertThat(removed > 0).isEqualTo(r.number("min") > 1 || allowed > 0);
  }

  @Test
  void theThresholdItselfStaysAndTheLargestIsNotProtected() {
    Geometry grid = Geometry.of(new Size(9, 1, 1), MM);
    short[] data = {1, 1, 1, 0, 1, 1, 0, 1, 2};
    LabelVolume labels = new LabelVolume(grid, data.clone());
    assertThat(ComponentFilter.removeSmall(labels, 1, 2, OptionalInt.empty())).isEqualTo(1);
    assertThat(labels.data()).containsExactly(1, 1, 1, 0, 1, 1, 0, 0, 2);
    assertThat(ComponentFilter.removeSmall(labels, 1, 4, OptionalInt.empty())).isEqualTo(5);
    assertThat(labels.data()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 2);
    assertThat(ComponentFilter.removeSmall(labels, 3, 4, OptionalInt.of(1))).isZero();
  }

  static List<Recorded> holes() {
    return PostFixtures.named("cads_holes");
  }

  @ParameterizedTest
  @MethodSource("holes")
  void holesAreFilledWhereNothingElseLies(Recorded r) {
    LabelVolume labels = r.before();
    long filled = ComponentFilter.fillHoles(labels, r.number("label"));
    assertThat(labels.data()).isEqualTo(r.after());
    assertThat(filled).isPositive();
  }

  /** A grid that is long along one axis, with a brain of 2,000 voxels at 141 to 160 of it. */
  private static LabelVolume brain(int axis) {
    Size size = new Size(axis == 0 ? 420 : 10, axis == 1 ? 420 : 10, axis == 2 ? 420 : 10);
    int stride = axis == 0 ? 1 : axis == 1 ? 10 : 100;
    short[] data = new short[size.voxels()];
    for (int i = 0; i < data.length; i++) {
      int along = i / stride % 420;
      data[i] = (short) (along >= 141 && along <= 160 ? BRAIN : 0);
    }
    return new LabelVolume(Geometry.of(size, MM), data);
  }

  private static LabelVolume full(LabelVolume like) {
    short[] data = new short[like.data().length];
    Arrays.fill(data, (short) 5);
    return new LabelVolume(like.geometry(), data);
  }

  /** The first and the last place along an axis that is not 0. */
  private static void assertKept(LabelVolume labels, int axis, int first, int last) {
    int stride = axis == 0 ? 1 : axis == 1 ? 10 : 100;
    short[] expected = new short[labels.data().length];
    for (int i = 0; i < expected.length; i++) {
      int along = i / stride % 420;
      expected[i] = (short) (along >= first && along <= last ? 5 : 0);
    }
    assertThat(labels.data()).isEqualTo(expected);
  }

  /** The brain's centroid lies at 150.5, cut to 150; the last voxel is the one before the distance. */
  @ParameterizedTest
  @CsvSource({"0,50,249", "1,50,249", "2,17,282"})
  void headResultsStayInABoxAroundTheBrain(int axis, int first, int last) {
    LabelVolume brain = brain(axis);
    LabelVolume labels = full(brain);
    HeadGate.head(labels, brain, BRAIN);
    assertKept(labels, axis, first, last);
  }

  @Test
  void withoutABrainTheHeadIsEmptyAndTheNeckBeginsAtTheUpperSpine() {
    List<Integer> upper = List.of(14, 24);
    LabelVolume small = brain(2);
    small.data()[14150] = 0;
    LabelVolume labels = full(small);
    HeadGate.head(labels, small, BRAIN);
    assertThat(labels.data()).containsOnly(0);

    LabelVolume spine = new LabelVolume(small.geometry(), new short[small.data().length]);
    LabelVolume neck = full(small);
    HeadGate.headAndNeck(neck, small, BRAIN, spine, upper);
    assertThat(neck.data()).containsOnly(0);

    spine.data()[8044] = 13;
    spine.data()[9044] = 14;
    spine.data()[9544] = 24;
    neck = full(small);
    HeadGate.headAndNeck(neck, small, BRAIN, spine, upper);
    assertKept(neck, 2, 90, 419);

    neck = full(small);
    HeadGate.headAndNeck(neck, brain(2), BRAIN, spine, upper);
    assertKept(neck, 2, 0, 349);
  }
}
