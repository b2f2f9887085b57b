package io.fiducia.promptable.segment;

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
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.testing.GrowingModel;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.promptable.volume.PropagationSettings.SliceRange;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectSegmentationTest {
  private static final Geometry GRID = Bodies.grid();
  private static final boolean[] BALL = Bodies.mask(GRID, Bodies::ball);

  private final GrowingModel model = new GrowingModel('a');

  private static VolumeSettings settings(PropagationSettings propagation) {
    return new VolumeSettings(SlicePlane.AXIAL, false, propagation, Multimask.SINGLE_CLICK);
  }

  private ObjectSegmentation segmentation(GrowingModel with, Optional<EmbeddingCache> cache,
      VolumeSettings settings) {
    return new ObjectSegmentation(Bodies.image(GRID, Bodies::ball), with, cache, settings,
        Progress.none(), new Cancellation());
  }

  private SegmentedObject segment(VolumeSettings settings, PromptStep... steps) {
    return segmentation(model, Optional.empty(), settings).segment(request(false, steps));
  }

  private static ObjectRequest request(boolean together, PromptStep... steps) {
    return new ObjectRequest(new PromptedObject("ball", List.of(steps)), Bodies.WINDOW, together);
  }

  private static Prompt.Box box(int k) {
    return new Prompt.Box(Region.between(10, 8, k, 31, 29, k + 1));
  }

  @Test
  void anObjectIsFollowedFromABoxInOneSlice() {
    SegmentedObject found = segment(settings(PropagationSettings.usual()), box(12));
    assertThat(Bodies.differences(found.mask(), BALL)).isZero();
    // The baseline is the prompted slice alone.
    int slice = SliceMask.area(new SliceAxes(GRID, 0, 1, 2).cut(BALL, 12));
    assertThat(found.diceOfInterpolation())
        .isCloseTo(2.0 * slice / (slice + SliceMask.area(BALL)), within(1e-12));
    assertThat(found.predictedIou().orElseThrow()).isCloseTo(0.7, within(1e-9));
    assertThat(found.uncertainty()).isEmpty();
    assertThat(ObjectWarnings.of(found)).isEmpty();
  }

  /** Step by step the second prompt improves the first answer; together there is one answer. */
  @Test
  void promptsAreAnsweredInStepsOrTogether() {
    Prompt.Click inside = new Prompt.Click(20, 18, 12, true);
    segmentation(model, Optional.empty(), settings(PropagationSettings.usual()))
        .segment(request(false, box(12), inside));
    int inSteps = model.asked().size();
    assertThat(model.asked().get(1).maskLogits()).isPresent();
    GrowingModel other = new GrowingModel('a');
    segmentation(other, Optional.empty(), settings(PropagationSettings.usual()))
        .segment(request(true, box(12), inside));
    assertThat(other.asked()).hasSize(inSteps - 1);
    assertThat(other.asked().getFirst().maskLogits()).isEmpty();
    assertThat(other.asked().getFirst().points()).hasSize(1);
  }

  @Test
  void undoneStepsDoNotCount() {
    SegmentedObject found = segment(settings(PropagationSettings.usual()), box(12),
        new Prompt.Click(20, 18, 12, false), new PromptStep.Undo());
    assertThat(Bodies.differences(found.mask(), BALL)).isZero();
    assertThatThrownBy(() -> segment(settings(PropagationSettings.usual()), box(12),
        new PromptStep.Undo())).isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT))
        .hasMessageContaining("has no prompt").hasMessageContaining("ball");
  }

  @Test
  void gapsBetweenPromptedSlicesAreMeasured() {
    SegmentedObject found = segment(settings(PropagationSettings.usual()), box(10), box(12),
        box(15));
    PropagatedVolume followed = found.planes().get(SlicePlane.AXIAL);
    List<SegmentedObject.Gap> gaps = SegmentedObject.gaps(followed);
    assertThat(gaps).extracting(SegmentedObject.Gap::from).containsExactly(10, 12);
    assertThat(gaps).extracting(SegmentedObject.Gap::to).containsExactly(12, 15);
    assertThat(gaps).allMatch(g -> g.agreement().orElseThrow() > 0.9 && g.interpolated() == 0);
    assertThat(found.uncertainty().orElseThrow()).isLessThan(0.1);
    // Interpolation knows what lies between the prompted slices, but nothing beyond.
    boolean[] interpolated = found.interpolation();
    SliceAxes axes = new SliceAxes(GRID, 0, 1, 2);
    assertThat(SliceMask.area(axes.cut(interpolated, 13))).isPositive();
    assertThat(SliceMask.area(axes.cut(interpolated, 16))).isZero();
  }

  @Test
  void theGivenSlicesAreNotLeft() {
    SegmentedObject found = segment(
        settings(PropagationSettings.usual().within(new SliceRange(11, 13))), box(12));
    SliceAxes axes = new SliceAxes(GRID, 0, 1, 2);
    assertThat(SliceMask.area(axes.cut(found.mask(), 10))).isZero();
    assertThat(SliceMask.area(axes.cut(found.mask(), 11))).isPositive();
    // With known ends the baseline reaches them.
    assertThat(SliceMask.area(axes.cut(found.interpolation(), 13))).isPositive();
  }

  @Test
  void threePlanesNeedOneBox() {
    VolumeSettings three = new VolumeSettings(SlicePlane.AXIAL, true, PropagationSettings.usual(),
        Multimask.NEVER);
    SegmentedObject found = segment(three, new Prompt.Box(Region.between(11, 9, 8, 30, 28, 17)));
    assertThat(Bodies.dice(found.mask(), BALL)).isGreaterThan(0.97);
    assertThat(found.planes()).containsOnlyKeys(SlicePlane.values());
    assertThat(found.uncertainty().orElseThrow()).isBetween(0.0, 0.1);
    assertThat(found.diceOfInterpolation()).isGreaterThan(0.6);
    assertThatThrownBy(() -> segment(three, new Prompt.Click(20, 18, 12, true)))
        .hasMessageContaining("one box").hasMessageContaining("click");
    assertThatThrownBy(() -> segment(three, box(12))).hasMessageContaining("one voxel thin");
  }

  @Test
  void aSecondRunWithAnotherPromptEncodesNothing(@TempDir Path folder) {
    EmbeddingCache cache = new EmbeddingCache(folder, 1 << 24, Progress.none());
    VolumeSettings usual = settings(PropagationSettings.usual());
    ObjectSegmentation first = segmentation(model, Optional.of(cache), usual);
    SegmentedObject found = first.segment(request(true, box(12)));
    // Slices 8 to 16, and 7 and 17, where nothing was found.
    assertThat(first.encoded()).isEqualTo(11);
    assertThat(model.embedded()).isEqualTo(11);
    GrowingModel again = new GrowingModel('a');
    ObjectSegmentation second = segmentation(again, Optional.of(cache), usual);
    SegmentedObject other = second.segment(request(true, new Prompt.Click(20, 18, 11, true)));
    assertThat(second.encoded()).isZero();
    assertThat(again.embedded()).isZero();
    assertThat(Bodies.differences(found.mask(), other.mask())).isZero();
    // Another model cannot read them.
    GrowingModel stranger = new GrowingModel('b');
    segmentation(stranger, Optional.of(cache), usual).segment(request(true, box(12)));
    assertThat(stranger.embedded()).isEqualTo(11);
  }

  @Test
  void objectsWithOneWindowShareTheirSlices() {
    ObjectSegmentation all = segmentation(model, Optional.empty(),
        settings(PropagationSettings.usual()));
    all.segment(request(true, box(12)));
    all.segment(request(true, new Prompt.Click(20, 18, 11, true)));
    assertThat(all.encoded()).isEqualTo(11);
  }

  @Test
  void anImageOfOneSliceIsAVolumeToo() {
    Geometry flat = Geometry.of(new Size(40, 36, 1), new Vec3(1, 1, 5));
    Bodies.Body disc = (i, j, k) -> Bodies.ball(i, j, 12);
    FloatVolume image = Bodies.image(flat, disc);
    SegmentedObject found = new ObjectSegmentation(image, model, Optional.empty(),
        settings(PropagationSettings.usual()), Progress.none(), new Cancellation())
        .segment(request(true, box(0)));
    assertThat(Bodies.differences(found.mask(), Bodies.mask(flat, disc))).isZero();
    assertThat(found.diceOfInterpolation()).isEqualTo(1);
    assertThat(ObjectWarnings.of(found)).isEmpty();
  }

  /** The body jumps between slices 14 and 15, and a box is thin: a person should look. */
  @Test
  void whatAPersonShouldCheckIsNamed() {
    Bodies.Body jump = (i, j, k) -> j > 10 && j < 25
        && (k <= 14 ? i >= 10 && i < 20 : i >= 17 && i < 30);
    ObjectSegmentation all = new ObjectSegmentation(Bodies.image(GRID, jump), model,
        Optional.empty(), settings(PropagationSettings.usual()
            .withStop(new PropagationSettings.StopRule(0.5, 0.02, 3))),
        Progress.none(), new Cancellation());
    SegmentedObject found = all.segment(request(true,
        new Prompt.Box(Region.between(8, 9, 10, 22, 27, 11))));
    assertThat(ObjectWarnings.of(found)).anyMatch(w -> w.contains("from slice 14 to 15"));
    SegmentedObject thin = all.segment(request(false,
        new Prompt.Box(Region.between(8, 9, 10, 22, 27, 11)),
        new Prompt.Box(Region.between(15, 9, 11, 16, 27, 12))));
    assertThat(ObjectWarnings.of(thin)).anyMatch(w -> w.contains("one voxel thin"));
  }

  @Test
  void voxelsOfTwoObjectsBelongToTheMoreProbable() {
    Geometry line = Geometry.of(new Size(4, 1, 1), new Vec3(1, 1, 1));
    ObjectLabels labels = new ObjectLabels(line);
    assertThat(labels.add(1, new float[]{0.9f, 0.6f, 0.6f, 0.2f})).isZero();
    assertThat(labels.add(2, new float[]{0.8f, 0.7f, 0.6f, 0.5f})).isEqualTo(3);
    assertThat(labels.labels().data()).containsExactly((short) 1, (short) 2, (short) 1, (short) 0);
  }
}
