package io.fiducia.promptable.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.user.InteractionSeconds;
import io.fiducia.promptable.user.InteractiveSystem;
import io.fiducia.volume.Region;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SliceRuleTest {
  private static final Geometry GRID = Bodies.grid();

  private static boolean[] after(InteractiveSystem system, Prompt... prompts) {
    boolean[] found = {};
    try (InteractiveSystem.Work work = system.start(Bodies.image(GRID, Bodies::ball), "ball")) {
      for (Prompt p : prompts) {
        found = work.give(p);
      }
    }
    return found;
  }

  /** skimage.filters.threshold_otsu 0.26 of these 400 whole numbers. */
  @Test
  void otsusThresholdEqualsThePeers() {
    float[] values = new float[400];
    for (int g = 0; g < values.length; g++) {
      int row = g / 20;
      int column = g % 20;
      boolean inside = row > 5 && row < 14 && column > 4 && column < 15;
      values[g] = (float) Math
          .rint(100 + 60 * Math.sin(0.37 * g) + g % 7 * 5 + (inside ? 120 : 0));
    }
    assertThat(OtsuInBox.threshold(values)).isEqualTo(136);
    assertThat(OtsuInBox.threshold(new float[]{4, 4, 4})).isEqualTo(4);
  }

  @Test
  void otsuFindsABallInItsBoxes() {
    SliceRule otsu = SliceRule.otsuInBox(SlicePlane.AXIAL);
    boolean[] one = after(otsu, new Prompt.Box(Region.between(10, 8, 12, 31, 29, 13)));
    boolean[] slice = Bodies.mask(GRID, (i, j, k) -> k == 12 && Bodies.ball(i, j, k));
    assertThat(Bodies.differences(one, slice)).isZero();
    // Two slices, and shape interpolation between them; clicks change nothing.
    boolean[] two = after(otsu, new Prompt.Box(Region.between(10, 8, 10, 31, 29, 11)),
        new Prompt.Click(1, 1, 1, false),
        new Prompt.Box(Region.between(10, 8, 14, 31, 29, 15)));
    boolean[] between = Bodies.mask(GRID,
        (i, j, k) -> k >= 10 && k <= 14 && Bodies.ball(i, j, 10));
    assertThat(Bodies.differences(two, between)).isZero();
  }

  /** The middle decides which class is the structure. */
  @Test
  void otsuFindsDarkStructuresToo() {
    Bodies.Body around = (i, j, k) -> !Bodies.ball(i, j, k);
    boolean[] found;
    try (InteractiveSystem.Work work = SliceRule.otsuInBox(SlicePlane.AXIAL)
        .start(Bodies.image(GRID, around), "ball")) {
      found = work.give(new Prompt.Box(Region.between(10, 8, 12, 31, 29, 13)));
    }
    assertThat(Bodies.differences(found,
        Bodies.mask(GRID, (i, j, k) -> k == 12 && Bodies.ball(i, j, k)))).isZero();
  }

  @Test
  void whatIsNearerBelongsToTheScribble() {
    SliceRule nearest = SliceRule.nearestScribble(SlicePlane.AXIAL);
    Prompt left = new Prompt.Scribble(Bodies.drawn(GRID, (i, j, k) -> k == 12 && i == 10), true);
    Prompt right = new Prompt.Scribble(Bodies.drawn(GRID, (i, j, k) -> k == 12 && i == 21), false);
    assertThat(Bodies.differences(after(nearest, left, right),
        Bodies.mask(GRID, (i, j, k) -> k == 12 && i <= 15))).isZero();
    // Alone it reaches half way to the border of the image.
    boolean[] alone = after(nearest, new Prompt.Click(20, 18, 12, true));
    assertThat(alone[GRID.size().index(11, 18, 12)]).isTrue();
    assertThat(alone[GRID.size().index(9, 18, 12)]).isFalse();
    assertThat(Bodies.differences(after(nearest, new Prompt.Click(20, 18, 12, false)),
        new boolean[alone.length])).isZero();
  }

  /** Distances are in mm: where rows are 3 mm apart, columns 1 mm, a voxel below is farther than two beside. */
  @Test
  void nearnessIsMeasuredInMillimetres() {
    Geometry grid = Geometry.of(new Size(9, 9, 1), new Vec3(1, 3, 1));
    boolean[] found;
    try (InteractiveSystem.Work work = SliceRule.nearestScribble(SlicePlane.AXIAL)
        .start(Bodies.image(grid, (i, j, k) -> i == 0), "x")) {
      work.give(new Prompt.Click(2, 4, 0, true));
      found = work.give(new Prompt.Click(4, 5, 0, false));
    }
    assertThat(found[grid.size().index(4, 4, 0)]).isTrue();
  }

  /**
   * The numbers that were measured on the shared images with scipy and numpy: nearest scribble 0.766; Otsu in
   * a box one pixel wider than the structure on each side, largest part, 0.790.
   */
  @Test
  void theRulesScoreOnRealScribblesWhatThePeersGave() {
    Path shared = Path.of(System.getProperty("fiducia.shared", "")).resolve("data/medscribble");
    Assumptions.assumeTrue(shared.toFile().isDirectory(), "shared data absent");
    HumanScribbles people = HumanScribbles.read(shared);
    assertThat(people.images()).hasSize(24).allMatch(s -> s.scribbles().size() == 3);
    InteractionSeconds seconds = InteractionSeconds.usual();
    List<PromptScore> nearest = people
        .scoreScribbles(SliceRule.nearestScribble(SlicePlane.AXIAL), seconds, 2);
    assertThat(nearest).hasSize(24 * 3 * 2);
    PromptScoreTable.Mean both = PromptScoreTable.means(nearest).getLast();
    assertThat(both.interactions()).isEqualTo(2);
    assertThat(both.values().get("Dice")).isCloseTo(0.7662, within(5e-5));
    assertThat(both.seconds()).isCloseTo(21.8, within(1e-9));
    List<PromptScore> otsu = people.scoreBoxes(SliceRule.otsuInBox(SlicePlane.AXIAL), 1, seconds,
        2);
    assertThat(PromptScoreTable.means(otsu).getFirst().values().get("Dice")).isCloseTo(0.7904,
        within(5e-4));
  }
}
