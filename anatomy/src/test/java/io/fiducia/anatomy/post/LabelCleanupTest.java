package io.fiducia.anatomy.post;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.anatomy.post.PostFixtures.Recorded;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Expected label maps: the functions of TotalSegmentator 2.18, recorded by {@code
 * make_post_fixtures.py}; closed forms where a test says so.
 */
class LabelCleanupTest {
  private static final TotalTasks TASKS = TotalTasks.load();

  private static long changed(Recorded r, LabelVolume now) {
    short[] before = r.before().data();
    long n = 0;
    for (int i = 0; i < before.length; i++) {
      n += before[i] == now.data()[i] ? 0 : 1;
    }
    return n;
  }

  static List<Recorded> largest() {
    return PostFixtures.named("keep_largest");
  }

  @ParameterizedTest
  @MethodSource("largest")
  void theLargestBlobStaysAndOfEqualOnesNumpysFirst(Recorded r) {
    LabelVolume labels = r.before();
    long removed = LabelCleanup.keepLargest(labels, r.number("label"));
    assertThat(labels.data()).isEqualTo(r.after());
    assertThat(removed).isEqualTo(changed(r, labels)).isPositive();
  }

  static List<Recorded> small() {
    return PostFixtures.named("remove_small");
  }

  @ParameterizedTest
  @MethodSource("small")
  void smallBlobsOfTheNamedLabelsGo(Recorded r) {
    LabelVolume labels = r.before();
    long removed = LabelCleanup.removeSmall(labels, ints(r, "labels"),
        r.node().path("mm3").asDouble());
    assertThat(labels.data()).isEqualTo(r.after());
    assertThat(removed).isEqualTo(changed(r, labels)).isPositive();
  }

  static List<Recorded> near() {
    return PostFixtures.named("keep_near");
  }

  @ParameterizedTest
  @MethodSource("near")
  void whatIsFarFromAMaskGoes(Recorded r) {
    LabelVolume labels = r.before();
    int steps = LabelCleanup.steps(r.node().path("mm").asDouble(), r.geometry().spacingMm());
    assertThat(steps).isEqualTo(r.number("steps"));
    long removed = LabelCleanup.keepNear(labels, r.mask("mask"), steps);
    assertThat(labels.data()).isEqualTo(r.after());
    assertThat(removed).isEqualTo(changed(r, labels)).isPositive();
  }

  /** Closed form; upstream removes nothing here. */
  @Test
  void noStepAtAllKeepsOnlyWhatLiesInTheMask() {
    Geometry grid = Geometry.of(new Size(5, 1, 1), new Vec3(12, 12, 12));
    assertThat(LabelCleanup.steps(10, grid.spacingMm())).isZero();
    LabelVolume labels = new LabelVolume(grid, new short[]{1, 1, 0, 2, 2});
    long removed = LabelCleanup.keepNear(labels,
        new boolean[]{true, false, true, false, true}, 0);
    assertThat(labels.data()).containsExactly(1, 0, 0, 0, 2);
    assertThat(removed).isEqualTo(2);
    assertThat(LabelCleanup.keepNear(labels, new boolean[5], 3)).isEqualTo(2);
    assertThat(labels.data()).containsOnly(0);
  }

  static List<Recorded> columns() {
    return PostFixtures.named("separate");
  }

  @ParameterizedTest
  @MethodSource("columns")
  void vertebraeThatRanTogetherAreCountedAnew(Recorded r) {
    LabelVolume labels = r.before();
    TotalCleanup.apply(labels, task("vertebrae_pp"), OptionalDouble.empty());
    assertThat(labels.data()).isEqualTo(r.after());
  }

  static List<Recorded> refined() {
    return PostFixtures.named("refine");
  }

  @ParameterizedTest
  @MethodSource("refined")
  void vertebraeAreCutToTheMaskOfAllBodies(Recorded r) {
    LabelVolume labels = r.before();
    VertebralBodies.refine(labels, r.labels("mask"), task("vertebrae_pp").classes());
    assertThat(labels.data()).isEqualTo(r.after());
  }

  static List<Recorded> skins() {
    return PostFixtures.named("skin");
  }

  @ParameterizedTest
  @MethodSource("skins")
  void theSkinIsTissueAtTheBodysSurface(Recorded r) {
    short[] density = r.labels("density").data();
    float[] hu = new float[density.length];
    for (int i = 0; i < hu.length; i++) {
      hu[i] = density[i] * 10 - 400;
    }
    boolean[] skin = DerivedMasks.skin(new FloatVolume(r.geometry(), hu), r.mask("before"));
    assertThat(skin).isEqualTo(r.mask("after")).contains(true);
    assertThat(DerivedMasks.skin(new FloatVolume(r.geometry(), hu), new boolean[hu.length]))
        .containsOnly(false);
  }

  @Test
  void auxiliaryLabelsAreErased() {
    Recorded r = PostFixtures.named("auxiliary").getFirst();
    LabelVolume labels = r.before();
    TotalCleanup.apply(labels, task("appendicular_bones"), OptionalDouble.empty());
    assertThat(labels.data()).isEqualTo(r.after());
  }

  @Test
  void labelsOfTheFirstVersionAreThoseOfTheSameNames() {
    Recorded r = PostFixtures.named("version_1").getFirst();
    LabelVolume labels = r.before();
    Map<Integer, Integer> table = LabelCleanup.toVersion1(task("total").classes(),
        TASKS.classesOfVersion1());
    LabelCleanup.remap(labels, table);
    assertThat(labels.data()).isEqualTo(r.after());
  }

  @Test
  void groupsHaveUpstreamsNames() {
    var groups = PostFixtures.root().path("groups").properties();
    assertThat(groups).hasSize(8);
    groups.forEach(g -> assertThat(DerivedMasks.group(g.getKey()).orElseThrow())
        .containsExactlyInAnyOrderElementsOf(StreamSupport.stream(
            g.getValue().spliterator(), false).map(n -> n.asString()).toList()));
    assertThat(DerivedMasks.group("heart")).isEmpty();
  }

  /** Closed form: a trunk of two blobs, limbs of 50,001 and 49,999 voxels of 1 mm3. */
  @Test
  void theBodyKeepsItsTrunkAndLargeLimbs() {
    Size size = new Size(50_003, 5, 1);
    short[] data = new short[size.voxels()];
    for (int i = 0; i < 50_001; i++) {
      data[size.index(i, 0, 0)] = 2;
      data[size.index(i, 2, 0)] = (short) (i < 50_000 ? 2 : 0);
      data[size.index(i, 4, 0)] = (short) (i < 7 || i > 10 && i < 17 ? 1 : 0);
    }
    LabelVolume labels = new LabelVolume(Geometry.of(size, new Vec3(1, 1, 1)), data);
    TotalCleanup.apply(labels, task("body"), OptionalDouble.empty());
    boolean[] mask = LabelCleanup.mask(labels, List.of(1, 2));
    int n = 0;
    for (boolean m : mask) {
      n += m ? 1 : 0;
    }
    assertThat(n).isEqualTo(50_001 + 7);
    assertThat(LabelCleanup.mask(labels, List.of(1))[size.index(6, 4, 0)]).isTrue();
    assertThat(LabelCleanup.mask(labels, List.of(9))).containsOnly(false);
    TotalCleanup.apply(labels, task("body"),
        OptionalDouble.of(TotalCleanup.SMALL_BLOBS_MM3));
    assertThat(LabelCleanup.mask(labels, List.of(1))).containsOnly(false);
  }

  private static AnatomyTask task(String name) {
    return TASKS.find(name).orElseThrow();
  }

  private static List<Integer> ints(Recorded r, String field) {
    return StreamSupport.stream(r.node().path(field).spliterator(), false)
        .map(n -> n.asInt()).toList();
  }
}
