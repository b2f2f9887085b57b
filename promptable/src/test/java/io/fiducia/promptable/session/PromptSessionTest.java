package io.fiducia.promptable.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.core.prompt.PromptStep;
import io.fiducia.core.prompt.PromptedObject;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.session.PromptSession.Multimask;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.testing.GrowingModel;
import io.fiducia.promptable.volume.EncodedStack;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptSessionTest {
  private static final Geometry GRID = Bodies.grid();
  private static final PropagationSettings SETTINGS = PropagationSettings.usual();

  private final GrowingModel model = new GrowingModel('a');
  private final PromptSession session = session(Bodies.stack(GRID, Bodies::ball));

  private PromptSession session(PlaneStack stack) {
    return new PromptSession(new EncodedStack(stack, model, Optional.empty()),
        Multimask.SINGLE_CLICK);
  }

  private static Prompt.Click click(int i, int j, int k, boolean positive) {
    return new Prompt.Click(i, j, k, positive);
  }

  private static Prompt.Box box(int k) {
    return new Prompt.Box(Region.between(10, 8, k, 31, 29, k + 1));
  }

  private static int area(StepResult result, int slice) {
    return SliceMask.area(SliceMask.of(result.slices().get(slice)));
  }

  private PropagatedVolume propagate(PromptSession from) {
    return from.propagate("ball", SETTINGS, Progress.none(), new Cancellation());
  }

  private static void assertRefused(String message,
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOfSatisfying(FiduciaException.class, e -> {
      assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
      assertThat(e.advice()).isNotEmpty();
    }).hasMessageContaining(message);
  }

  @Test
  void aBoxIsAnsweredInItsSlice() {
    StepResult result = session.give("ball", box(12));
    boolean[] ball = session.stack().axes().cut(Bodies.mask(GRID, Bodies::ball), 12);
    assertThat(Bodies.differences(SliceMask.of(result.slices().get(12)), ball)).isZero();
    assertThat(result.answers().get(12).masks()).hasSize(1);
    SlicePrompts asked = model.asked().getFirst();
    assertThat(asked.boxes()).containsExactly(new PixelBox(10, 8, 30, 28));
    assertThat(asked.points()).isEmpty();
    assertThat(asked.multimask()).isFalse();
  }

  @Test
  void aBoxOfSeveralSlicesIsAnsweredInEachOfThem() {
    StepResult result = session.give("ball",
        new Prompt.Box(Region.between(10, 8, 11, 31, 29, 14)));
    assertThat(result.slices().keySet()).containsExactly(11, 12, 13);
    assertThat(model.embedded()).isEqualTo(3);
  }

  @Test
  void aSingleClickHasSeveralMasksAndTheBestIsTaken() {
    StepResult result = session.give("ball", click(20, 18, 12, true));
    SliceResult answer = result.answers().get(12);
    assertThat(answer.masks()).hasSize(3);
    assertThat(answer.answer().index()).isEqualTo(2);
    assertThat(result.slices().get(12)).isEqualTo(answer.answer().probabilities());
  }

  @Test
  void multimaskCanBeChosen() {
    EncodedStack encoded = new EncodedStack(Bodies.stack(GRID, Bodies::ball), model,
        Optional.empty());
    assertThat(new PromptSession(encoded, Multimask.ALWAYS).give("ball", box(12)).answers().get(12)
        .masks()).hasSize(3);
    assertThat(new PromptSession(encoded, Multimask.NEVER).give("ball", click(20, 18, 12, true))
        .answers().get(12).masks()).hasSize(1);
  }

  /** The model gets all prompts of the slice and the logits of the answer before. */
  @Test
  void promptsOfASliceAddUp() {
    session.give("ball", box(12));
    session.give("ball", click(14, 18, 12, false));
    SlicePrompts second = model.asked().get(1);
    assertThat(second.boxes()).hasSize(1);
    assertThat(second.points()).containsExactly(new SlicePrompts.Point(14, 18, false));
    assertThat(second.maskLogits().orElseThrow()).contains(2.2f, -2.2f);
    assertThat(second.multimask()).isFalse();
    // Another slice knows nothing of them.
    session.give("ball", click(20, 18, 14, true));
    assertThat(model.asked().get(2).boxes()).isEmpty();
    assertThat(model.asked().get(2).maskLogits()).isEmpty();
  }

  @Test
  void theLatestBoxOfASliceCounts() {
    session.give("ball", box(12));
    session.give("ball", new Prompt.Box(Region.between(12, 10, 12, 25, 25, 13)));
    assertThat(model.asked().get(1).boxes()).containsExactly(new PixelBox(12, 10, 24, 24));
  }

  @Test
  void aScribbleBecomesPoints() {
    session.give("ball", new Prompt.Scribble(
        Bodies.drawn(GRID, (i, j, k) -> k == 12 && j == 18 && i >= 14 && i <= 26), true));
    List<SlicePrompts.Point> points = model.asked().getFirst().points();
    assertThat(points).hasSize(ScribblePoints.MOST).allMatch(SlicePrompts.Point::positive)
        .allMatch(p -> p.y() == 18);
  }

  @Test
  void aSliceIsEncodedOnce() {
    session.give("ball", box(12));
    session.give("ball", click(14, 18, 12, false));
    session.give("other", click(20, 18, 12, true));
    session.undo("ball");
    assertThat(model.embedded()).isEqualTo(1);
  }

  @Test
  void embeddingsOutliveTheSession(@TempDir Path folder) {
    EmbeddingCache cache = new EmbeddingCache(folder, 1 << 20, Progress.none());
    for (int n = 0; n < 2; n++) {
      GrowingModel fresh = new GrowingModel('a');
      EncodedStack encoded = new EncodedStack(Bodies.stack(GRID, Bodies::ball), fresh,
          Optional.of(cache));
      new PromptSession(encoded, Multimask.NEVER).give("ball", box(12));
      assertThat(fresh.embedded()).as("run " + n).isEqualTo(n == 0 ? 1 : 0);
    }
    // Another model, another image, another window and another plane are encoded anew.
    for (EncodedStack other : List.of(
        new EncodedStack(Bodies.stack(GRID, Bodies::ball), new GrowingModel('b'),
            Optional.of(cache)),
        new EncodedStack(Bodies.stack(GRID, (i, j, k) -> Bodies.ball(i, j, k - 1)), model,
            Optional.of(cache)),
        new EncodedStack(PlaneStack.of(Bodies.image(GRID, Bodies::ball), SlicePlane.AXIAL,
            new GreyWindow(0, 250)), model, Optional.of(cache)))) {
      new PromptSession(other, Multimask.NEVER).give("ball", box(12));
      assertThat(other.encoded()).isEqualTo(1);
    }
  }

  @Test
  void undoBringsBackWhatWasKnownBefore() {
    StepResult one = session.give("ball", box(12));
    session.give("ball", click(14, 18, 12, false));
    session.give("other", click(20, 18, 11, true));
    StepResult back = session.undo("ball");
    assertThat(back.slices().get(12)).isEqualTo(one.slices().get(12));
    assertThat(back.prompts()).isEqualTo(1);
    assertThat(session.current("other").slices()).containsOnlyKeys(11);
    // After the undo the next prompt starts from the first answer.
    session.give("ball", click(15, 18, 12, false));
    assertThat(model.asked().getLast().points())
        .containsExactly(new SlicePrompts.Point(15, 18, false));
    session.undo("ball");
    assertThat(session.undo("ball").slices()).isEmpty();
    assertThat(session.objects()).containsExactly("ball", "other");
  }

  @Test
  void nothingIsLeftToUndo() {
    assertRefused("nothing to undo", () -> session.undo("ball"));
    session.give("ball", box(12));
    session.undo("ball");
    assertRefused("nothing to undo", () -> session.undo("ball"));
  }

  @Test
  void stepsAreTakenInTheirOrder() {
    List<StepResult> results = session.run(new PromptedObject("ball",
        List.of(box(12), click(14, 18, 12, false), new PromptStep.Undo())));
    assertThat(results).hasSize(3);
    assertThat(area(results.get(1), 12)).isLessThan(area(results.get(0), 12));
    assertThat(area(results.get(2), 12)).isEqualTo(area(results.get(0), 12));
  }

  /** What was refused must not count for later prompts. */
  @Test
  void aRefusedStepChangesNothing() {
    StepResult before = session.give("ball", click(20, 18, 12, true));
    assertRefused("contradict", () -> session.give("ball", click(20, 18, 12, false)));
    assertThat(session.current("ball").slices().get(12)).isEqualTo(before.slices().get(12));
    assertThat(session.current("ball").prompts()).isEqualTo(1);
    session.give("ball", click(21, 18, 12, true));
    assertThat(model.asked().getLast().points()).hasSize(2);
  }

  @Test
  void initialContoursAreCorrected() {
    session.give("ball", box(10));
    LabelVolume half = Bodies.drawn(GRID, (i, j, k) -> Bodies.ball(i, j, k) && i < 20);
    StepResult start = session.give("ball", new Prompt.Initial(half));
    assertThat(start.answers()).isEmpty();
    assertThat(start.prompts()).isZero();
    assertThat(start.slices().keySet()).containsExactly(8, 9, 10, 11, 12, 13, 14, 15, 16);
    int asked = model.asked().size();
    StepResult corrected = session.give("ball", click(25, 18, 12, true));
    assertThat(model.asked()).hasSize(asked + 1);
    assertThat(model.asked().getLast().maskLogits().orElseThrow()).contains(6.9f, -6.9f);
    assertThat(model.asked().getLast().boxes()).isEmpty();
    assertThat(area(corrected, 12)).isGreaterThan(area(start, 12));
    session.undo("ball");
    assertThat(session.undo("ball").slices()).containsOnlyKeys(10);
  }

  @Test
  void aPropagatedSliceIsCorrectedFromItsMask() {
    session.give("ball", box(12));
    assertThat(Bodies.differences(propagate(session).mask(), Bodies.mask(GRID, Bodies::ball)))
        .isZero();
    session.give("ball", click(20, 18, 14, false));
    SlicePrompts asked = model.asked().getLast();
    assertThat(asked.maskLogits().orElseThrow()).contains(6.9f, -6.9f);
    PropagatedVolume corrected = propagate(session);
    assertThat(corrected.mask()[GRID.size().index(20, 18, 14)]).isFalse();
    assertThat(corrected.uncertainty()).isPresent();
  }

  @Test
  void imagesOfOneSliceAreSegmented() {
    Geometry flat = Geometry.of(new Size(40, 36, 1), new Vec3(1, 1, 5));
    Bodies.Body disc = (i, j, k) -> Bodies.ball(i, j, 12);
    PromptSession one = session(Bodies.stack(flat, disc));
    one.give("ball", box(0));
    assertThat(Bodies.differences(propagate(one).mask(), Bodies.mask(flat, disc))).isZero();
    // Seen from the side it has one row only.
    PlaneStack side = PlaneStack.of(Bodies.image(flat, disc), SlicePlane.CORONAL, Bodies.WINDOW);
    assertThat(session(side).give("ball", click(20, 18, 0, true)).slices()).containsOnlyKeys(18);
  }

  @Test
  void anisotropicPlanesArePromptedInTheirPicturesPixels() {
    PlaneStack coronal = PlaneStack.of(Bodies.image(GRID, Bodies::ball), SlicePlane.CORONAL,
        Bodies.WINDOW);
    PromptSession side = session(coronal);
    StepResult result = side.give("ball",
        new Prompt.Box(Region.between(10, 18, 7, 31, 19, 18)));
    // Voxel rows 7 and 17 have their centres at pixel rows 14.5 and 34.5.
    assertThat(model.asked().getFirst().boxes())
        .containsExactly(new PixelBox(10, 14.5, 30, 34.5));
    boolean[] found = SliceMask.of(coronal.toVoxels(result.slices().get(18)));
    assertThat(Bodies.dice(found,
        coronal.axes().cut(Bodies.mask(GRID, Bodies::ball), 18))).isGreaterThan(0.95);
  }

  @Test
  void promptsOutsideOfTheImageAreRefused() {
    assertRefused("outside of the image", () -> session.give("ball", click(40, 18, 12, true)));
    assertRefused("outside of the image", () -> session.give("ball", click(20, -1, 12, true)));
    assertRefused("outside of the image", () -> session.give("ball", click(20, 18, 24, true)));
    assertRefused("outside of the image",
        () -> session.give("ball", new Prompt.Box(Region.between(30, 8, 12, 41, 29, 13))));
    assertRefused("outside of the image",
        () -> session.give("ball", new Prompt.Box(Region.between(-1, 8, 12, 20, 29, 13))));
    assertThat(session.objects()).isEmpty();
    assertThat(model.embedded()).isZero();
  }

  /** A box of whole voxels always has an area: where it is one voxel thin, it reaches over that voxel. */
  @Test
  void aBoxOneVoxelThinIsAnswered() {
    session.give("ball", new Prompt.Box(Region.between(20, 8, 12, 21, 29, 13)));
    session.give("other", new Prompt.Box(Region.between(10, 18, 12, 31, 19, 13)));
    session.give("third", new Prompt.Box(Region.between(0, 35, 12, 1, 36, 13)));
    assertThat(model.asked()).flatExtracting(SlicePrompts::boxes).containsExactly(
        new PixelBox(19.5, 8, 20.5, 28), new PixelBox(10, 17.5, 30, 18.5),
        new PixelBox(-0.5, 34.5, 0.5, 35.5));
  }

  /** As in a single slice, where box and points stand on one command line. */
  @Test
  void promptsCanBeAnsweredTogether() {
    StepResult result = session.giveTogether("ball",
        List.of(click(14, 18, 12, false), box(12), click(20, 18, 12, true)));
    assertThat(model.asked()).hasSize(1);
    assertThat(model.asked().getFirst().points()).hasSize(2);
    assertThat(model.asked().getFirst().boxes()).hasSize(1);
    assertThat(model.asked().getFirst().maskLogits()).isEmpty();
    assertThat(result.prompts()).isEqualTo(3);
    assertThat(session.undo("ball").slices()).isEmpty();
  }

  @Test
  void contradictoryPromptsAreRefused() {
    session.give("ball", click(20, 18, 12, true));
    assertRefused("voxel 20, 18, 12", () -> session.give("ball", click(20, 18, 12, false)));
    LabelVolume point = Bodies.drawn(GRID, (i, j, k) -> i == 20 && j == 18 && k == 12);
    assertRefused("contradict", () -> session.give("ball", new Prompt.Scribble(point, false)));
  }

  @Test
  void negativePromptsNeedSomethingToTakeAwayFrom() {
    assertRefused("nothing to take away", () -> session.give("ball", click(20, 18, 12, false)));
    session.give("ball", box(12));
    assertRefused("nothing to take away", () -> session.give("ball", click(20, 18, 13, false)));
  }

  @Test
  void drawingsOnAnotherGridAreRefused() {
    Geometry other = Geometry.of(new Size(40, 36, 24), new Vec3(1, 1, 2.5));
    Bodies.Body line = (i, j, k) -> k == 12 && j == 18;
    assertRefused("another grid",
        () -> session.give("ball", new Prompt.Scribble(Bodies.drawn(other, line), true)));
    assertRefused("another grid",
        () -> session.give("ball", new Prompt.Initial(Bodies.drawn(other, line))));
    assertRefused("is empty", () -> session.give("ball",
        new Prompt.Scribble(Bodies.drawn(GRID, (i, j, k) -> false), true)));
  }

  @Test
  void whatModelsOfSlicesDoNotKnowIsRefusedByName() {
    LabelVolume area = Bodies.drawn(GRID, (i, j, k) -> k == 12 && j > 18);
    assertRefused("lasso", () -> session.give("ball", new Prompt.Lasso(area, true)));
    assertRefused("negative box", () -> session.give("ball",
        new Prompt.Box(Region.between(10, 8, 12, 31, 29, 13), false)));
  }

  @Test
  void emptyImagesAndSlicesAreRefused() {
    FloatVolume zeros = new FloatVolume(GRID, new float[GRID.size().voxels()]);
    assertRefused("shows nothing",
        () -> PlaneStack.of(zeros, SlicePlane.AXIAL, Bodies.WINDOW));
    FloatVolume image = Bodies.image(GRID, Bodies::ball);
    Arrays.fill(image.data(), 0, 40 * 36, -1000);
    PromptSession partly = session(PlaneStack.of(image, SlicePlane.AXIAL, Bodies.WINDOW));
    assertRefused("slice 0", () -> partly.give("ball", click(20, 18, 0, true)));
    // A box of several slices is answered in those that show something.
    assertThat(partly.give("ball", new Prompt.Box(Region.between(10, 8, 0, 31, 29, 3))).answers())
        .containsOnlyKeys(1, 2);
  }

  @Test
  void anObjectWithoutPromptsCannotBeFollowed() {
    assertRefused("no slice is prompted", () -> propagate(session));
  }

  @Test
  void threePlanesAreJoined() {
    ThreePlanes planes = new ThreePlanes(model, Optional.empty(), SETTINGS);
    ThreePlanes.Fused fused = planes.segment(Bodies.image(GRID, Bodies::ball), Bodies.WINDOW,
        Region.between(11, 9, 8, 30, 28, 17), Progress.none(), new Cancellation());
    assertThat(fused.planes()).containsOnlyKeys(SlicePlane.values());
    boolean[] ball = Bodies.mask(GRID, Bodies::ball);
    assertThat(Bodies.dice(SliceMask.of(fused.probabilities().data()), ball)).isGreaterThan(0.97);
    // In every voxel the mean of the three.
    for (int n = 0; n < ball.length; n += 97) {
      int at = n;
      double mean = fused.planes().values().stream()
          .mapToDouble(p -> p.probabilities().data()[at]).average().orElseThrow();
      assertThat((double) fused.probabilities().data()[n])
          .isCloseTo(mean, within(1e-6));
    }
    assertRefused("outside of the image",
        () -> planes.segment(Bodies.image(GRID, Bodies::ball), Bodies.WINDOW,
            Region.between(11, 9, 8, 41, 28, 17), Progress.none(), new Cancellation()));
    assertRefused("one voxel thin",
        () -> planes.segment(Bodies.image(GRID, Bodies::ball), Bodies.WINDOW,
            Region.between(11, 9, 8, 30, 28, 9), Progress.none(), new Cancellation()));
  }
}
