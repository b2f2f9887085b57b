package io.fiducia.promptable.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.testing.GrowingModel;
import io.fiducia.promptable.testing.SpeckModel;
import io.fiducia.promptable.volume.PropagatedVolume.Origin;
import io.fiducia.promptable.volume.PropagatedVolume.SliceNote;
import io.fiducia.promptable.volume.PropagatedVolume.Stop;
import io.fiducia.promptable.volume.PropagatedVolume.StopReason;
import io.fiducia.promptable.volume.PropagationSettings.Carry;
import io.fiducia.promptable.volume.PropagationSettings.SliceRange;
import io.fiducia.promptable.volume.PropagationSettings.StopRule;
import io.fiducia.volume.FloatVolume;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PropagationTest {
  private static final Geometry GRID = Bodies.grid();

  private final GrowingModel model = new GrowingModel('a');

  private PropagatedVolume run(PlaneStack stack, PropagationSettings settings, boolean[] reference,
      int... slices) {
    SortedMap<Integer, float[]> prompted = new TreeMap<>();
    for (int k : slices) {
      prompted.put(k, stack.toPicture(SliceMask.certain(stack.axes().cut(reference, k))));
    }
    return new Propagation(new EncodedStack(stack, model, Optional.empty()), settings,
        Progress.none(), new Cancellation()).run(prompted);
  }

  private PropagatedVolume run(Bodies.Body body, PropagationSettings settings, int... slices) {
    return run(Bodies.stack(GRID, body), settings, Bodies.mask(GRID, body), slices);
  }

  @Test
  void aBallIsFollowedFromItsMiddleToItsEnds() {
    PropagatedVolume found = run(Bodies::ball, PropagationSettings.usual(), 12);
    assertThat(Bodies.differences(found.mask(), Bodies.mask(GRID, Bodies::ball))).isZero();
    assertThat(found.stops()).containsExactly(new Stop(12, -1, 7, StopReason.EMPTY),
        new Stop(12, 1, 17, StopReason.EMPTY));
    assertThat(found.uncertainty()).isEmpty();
    assertThat(found.slices()).hasSize(9)
        .filteredOn(n -> n.origin() == Origin.PROMPTED).extracting(SliceNote::slice)
        .containsExactly(12);
    // One slice says nothing about its neighbours: the baseline is that slice.
    assertThat(SliceMask.area(found.interpolation()))
        .isEqualTo(SliceMask.area(new SliceAxes(GRID, 0, 1, 2)
            .cut(Bodies.mask(GRID, Bodies::ball), 12)));
  }

  @Test
  void aBallIsFollowedInEveryPlane() {
    FloatVolume image = Bodies.image(GRID, Bodies::ball);
    boolean[] ball = Bodies.mask(GRID, Bodies::ball);
    for (SlicePlane plane : SlicePlane.values()) {
      PlaneStack stack = PlaneStack.of(image, plane, Bodies.WINDOW);
      int middle = new int[]{20, 18, 12}[stack.axes().normal()];
      assertThat(Bodies.dice(run(stack, PropagationSettings.usual(), ball, middle).mask(), ball))
          .as(plane.word())
          .isGreaterThan(0.95);
    }
  }

  /** The box of a 19 pixels wide mask is moved outward by 5 %, that is one pixel; the mask is +-6.9. */
  @Test
  void boxAndMaskAreCarriedOn() {
    run(Bodies::ball, PropagationSettings.usual(), 12);
    SlicePrompts first = model.asked().getFirst();
    assertThat(first.boxes()).containsExactly(new PixelBox(10, 8, 30, 28));
    float[] logits = first.maskLogits().orElseThrow();
    assertThat(logits[18 * 40 + 20]).isEqualTo(6.9f);
    assertThat(logits[0]).isEqualTo(-6.9f);
    assertThat(first.multimask()).isFalse();
  }

  @Test
  void aModelOfBoxesGetsBoxesOnly() {
    run(Bodies::ball, PropagationSettings.usual().withCarry(Carry.BOX), 12);
    assertThat(model.asked()).isNotEmpty().allMatch(p -> p.maskLogits().isEmpty())
        .allMatch(p -> p.boxes().size() == 1);
  }

  @Test
  void theBoxStaysInTheImage() {
    Bodies.Body column = (i, j, k) -> i < 5 && j < 5;
    PropagatedVolume found = run(column, PropagationSettings.usual(), 12);
    assertThat(Bodies.differences(found.mask(), Bodies.mask(GRID, column))).isZero();
    assertThat(model.asked().getFirst().boxes()).containsExactly(new PixelBox(0, 0, 5, 5));
    assertThat(found.stops()).containsExactly(new Stop(12, -1, -1, StopReason.END),
        new Stop(12, 1, 24, StopReason.END));
  }

  /** Above slice 14 the body lies elsewhere, where the box just touches it. */
  @Test
  void aMaskThatJumpsStopsTheWalk() {
    Bodies.Body jump = (i, j, k) -> j > 10 && j < 25
        && (k <= 14 ? i >= 10 && i < 20 : i >= 17 && i < 30);
    PropagatedVolume found = run(jump,
        PropagationSettings.usual().withStop(new StopRule(0.5, 0.02, 3)), 10);
    assertThat(found.stops()).contains(new Stop(10, 1, 15, StopReason.CHANGED));
    assertThat(found.slices()).extracting(SliceNote::slice).doesNotContain(15);
  }

  @Test
  void aMaskThatLeaksStopsTheWalk() {
    Bodies.Body funnel = (i, j, k) -> Math.abs(i - 20) <= 3 + Math.max(0, k - 8)
        && Math.abs(j - 18) <= 3 + Math.max(0, k - 8);
    PropagationSettings settings = new PropagationSettings(Carry.BOX_AND_MASK, 0.3,
        new StopRule(0.3, 0.02, 3), Optional.empty(), true);
    PropagatedVolume found = run(funnel, settings, 8);
    assertThat(found.stops()).contains(new Stop(8, 1, 11, StopReason.LARGE));
  }

  @Test
  void aMaskThatFadesStopsTheWalk() {
    Bodies.Body cone = (i, j, k) -> Math.hypot(i - 20, j - 18) <= 12 - Math.abs(k - 12);
    PropagationSettings settings = PropagationSettings.usual()
        .withStop(new StopRule(0.1, 0.2, 3));
    PropagatedVolume found = run(cone, settings, 12);
    // Radius 5 of 12 has less than a fifth of the area.
    assertThat(found.stops()).contains(new Stop(12, 1, 19, StopReason.SMALL),
        new Stop(12, -1, 5, StopReason.SMALL));
  }

  @Test
  void aBlankSliceStopsTheWalk() {
    FloatVolume image = Bodies.image(GRID, Bodies::ball);
    Arrays.fill(image.data(), 14 * 40 * 36, 15 * 40 * 36, 60);
    PlaneStack stack = PlaneStack.of(image, SlicePlane.AXIAL, Bodies.WINDOW);
    assertThat(run(stack, PropagationSettings.usual(), Bodies.mask(GRID, Bodies::ball), 12).stops())
        .contains(new Stop(12, 1, 14, StopReason.BLANK));
  }

  @Test
  void theWalkStaysInTheGivenRange() {
    PropagatedVolume found = run((i, j, k) -> i > 10 && i < 20 && j > 10 && j < 20,
        PropagationSettings.usual().within(new SliceRange(8, 13)), 12);
    assertThat(found.slices()).extracting(SliceNote::slice).containsExactly(8, 9, 10, 11, 12, 13);
    assertThat(found.stops()).containsExactly(new Stop(12, -1, 7, StopReason.END),
        new Stop(12, 1, 14, StopReason.END));
    // With a range the baseline reaches its ends.
    assertThat(SliceMask.area(new SliceAxes(GRID, 0, 1, 2).cut(found.interpolation(), 8)))
        .isPositive();
  }

  @Test
  void twoDirectionsThatAgreeAreCertain() {
    PropagatedVolume found = run((i, j, k) -> i > 10 && i < 20 && j > 10 && j < 20,
        PropagationSettings.usual(), 4, 9);
    assertThat(found.uncertainty()).hasValue(0);
    assertThat(found.slices()).filteredOn(n -> n.agreement().isPresent())
        .extracting(SliceNote::slice).containsExactly(5, 6, 7, 8);
  }

  /**
   * The body grows a second part in slices 7 to 9, connected to the first. From below it lies outside of the
   * box, from above inside: the two walks disagree, and each has most weight near its own end.
   */
  @Test
  void twoDirectionsThatDisagreeAreUncertain() {
    Bodies.Body body = (i, j, k) -> j > 10 && j < 21 && i > 10 && i < (k >= 7 ? 31 : 21);
    PropagatedVolume found = run(body,
        PropagationSettings.usual().withStop(new StopRule(0.3, 0.02, 3)), 4, 9);
    // Dice of 10 and of 11 columns (the margin) at first; where only one walk is right it is lower.
    assertThat(found.uncertainty().orElseThrow()).isBetween(0.05, 0.6);
    int second = GRID.size().index(28, 15, 8);
    float near = found.probabilities().data()[second];
    float far = found.probabilities().data()[GRID.size().index(28, 15, 7)];
    assertThat(near).isGreaterThan(far).isGreaterThan(0.5f);
  }

  /** Nothing is visible between slices 8 and 14, and the walks stop there. */
  @Test
  void whatNoWalkReachesIsInterpolated() {
    Bodies.Body body = (i, j, k) -> i > 10 && i < 20 && j > 10 && j < 20 && (k <= 8 || k >= 14);
    PropagatedVolume found = run(body, PropagationSettings.usual(), 6, 16);
    assertThat(found.slices()).filteredOn(n -> n.origin() == Origin.INTERPOLATED)
        .extracting(SliceNote::slice).containsExactly(9, 10, 11, 12, 13);
    boolean[] all = Bodies.mask(GRID, (i, j, k) -> i > 10 && i < 20 && j > 10 && j < 20);
    assertThat(Bodies.differences(found.mask(), all)).isZero();
    // Slices 7 and 8 were found from below only, 14 and 15 from above only: nothing agrees.
    assertThat(found.uncertainty()).hasValue(1);
  }

  @Test
  void aSliceWithoutTheStructureEndsIt() {
    Bodies.Body column = (i, j, k) -> i > 10 && i < 20 && j > 10 && j < 20;
    boolean[] reference = Bodies.mask(GRID, column);
    Arrays.fill(reference, 15 * 40 * 36, 16 * 40 * 36, false);
    PropagatedVolume found = run(Bodies.stack(GRID, column), PropagationSettings.usual(), reference,
        12, 15);
    assertThat(found.slices()).extracting(SliceNote::slice).contains(14, 15).doesNotContain(16);
    assertThat(found.uncertainty()).isEmpty();
  }

  /** What a person prompted must never vanish, however small it is beside the rest. */
  @Test
  void partsOfPromptedSlicesAreKept() {
    Bodies.Body two = (i, j, k) -> j > 10 && j < 20 && (i > 5 && i < 15 || i > 20 && i < 25);
    assertThat(Bodies.differences(run(two, PropagationSettings.usual(), 12).mask(),
        Bodies.mask(GRID, two))).isZero();
    // The smaller body ends before slice 10, where a person says that there is nothing.
    Bodies.Body apart = (i, j, k) -> j > 10 && j < 20
        && (k >= 3 && k <= 5 ? i > 5 && i < 11 : k >= 13 && i > 20 && i < 35);
    assertThat(Bodies.differences(run(apart, PropagationSettings.usual(), 4, 10, 17).mask(),
        Bodies.mask(GRID, apart))).isZero();
  }

  /** The model finds a speck beside the ball, but not in the prompted slice. */
  @Test
  void partsThatNobodyPromptedAreRemoved() {
    PlaneStack stack = Bodies.stack(GRID, Bodies::ball);
    SortedMap<Integer, float[]> prompted = new TreeMap<>();
    prompted.put(12, SliceMask.certain(stack.axes().cut(Bodies.mask(GRID, Bodies::ball), 12)));
    int speck = GRID.size().index(38, 2, 13);
    PropagationSettings all = PropagationSettings.usual().withAllParts();
    boolean[] with = new Propagation(new EncodedStack(stack, new SpeckModel(38, 2),
        Optional.empty()), all, Progress.none(), new Cancellation()).run(prompted).mask();
    boolean[] without = new Propagation(new EncodedStack(stack, new SpeckModel(38, 2),
        Optional.empty()), PropagationSettings.usual(), Progress.none(), new Cancellation())
        .run(prompted).mask();
    assertThat(with[speck]).isTrue();
    assertThat(without[speck]).isFalse();
    assertThat(without[GRID.size().index(20, 18, 13)]).isTrue();
  }

  /** What the model predicts for its masks is kept for each slice that it answered. */
  @Test
  void thePredictedIouOfEachSliceIsKnown() {
    PropagatedVolume found = run(Bodies::ball, PropagationSettings.usual(), 11, 13);
    assertThat(found.slices()).filteredOn(n -> n.origin() == Origin.PROPAGATED)
        .hasSize(7).allMatch(n -> n.predictedIou().orElseThrow() == 0.7);
    assertThat(found.promptedSlices()).containsExactly(11, 13);
    assertThat(found.withPredictedIou(Map.of(13, 0.4)).slices())
        .filteredOn(n -> n.origin() == Origin.PROMPTED).extracting(SliceNote::predictedIou)
        .containsExactly(OptionalDouble.empty(), OptionalDouble.of(0.4));
  }

  @Test
  void anImageOfOneSliceIsItsPromptedSlice() {
    Geometry flat = Geometry.of(new Size(40, 36, 1), new Vec3(1, 1, 5));
    Bodies.Body disc = (i, j, k) -> Bodies.ball(i, j, 12);
    boolean[] reference = Bodies.mask(flat, disc);
    PropagatedVolume found = run(Bodies.stack(flat, disc), PropagationSettings.usual(), reference,
        0);
    assertThat(Bodies.differences(found.mask(), reference)).isZero();
    assertThat(Bodies.differences(found.interpolation(), reference)).isZero();
    assertThat(model.asked()).isEmpty();
  }

  @Test
  void theMeanOfPlanesIsTakenVoxelByVoxel() {
    Geometry one = Geometry.of(new Size(2, 1, 1), new Vec3(1, 1, 1));
    FloatVolume mean = PlaneFusion.mean(List.of(new FloatVolume(one, new float[]{1, 0}),
        new FloatVolume(one, new float[]{0.4f, 0.3f}), new FloatVolume(one, new float[]{0.1f, 0})));
    assertThat(mean.data()[0]).isCloseTo(0.5f, within(1e-6f));
    assertThat(mean.data()[1]).isCloseTo(0.1f, within(1e-6f));
  }

  @Test
  void namesWhatIsWrong() {
    PropagationSettings settings = PropagationSettings.usual();
    assertThatThrownBy(() -> run(Bodies::ball, settings)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("no slice is prompted");
    assertThatThrownBy(() -> run(Bodies::ball, settings, 2)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("nothing was found");
    assertThatThrownBy(() -> run(Bodies::ball, settings.within(new SliceRange(0, 5)), 12))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("outside of the range");
    assertThatThrownBy(() -> new SliceRange(5, 4)).isInstanceOf(FiduciaException.class);
    Cancellation cancelled = new Cancellation();
    cancelled.cancel();
    PlaneStack stack = Bodies.stack(GRID, Bodies::ball);
    SortedMap<Integer, float[]> prompted = new TreeMap<>();
    prompted.put(12, SliceMask.certain(stack.axes().cut(Bodies.mask(GRID, Bodies::ball), 12)));
    Propagation propagation = new Propagation(new EncodedStack(stack, model, Optional.empty()),
        settings, Progress.none(), cancelled);
    assertThatThrownBy(() -> propagation.run(prompted)).isInstanceOfSatisfying(
        FiduciaException.class,
        e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
  }
}
