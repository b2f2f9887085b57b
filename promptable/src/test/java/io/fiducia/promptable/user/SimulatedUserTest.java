package io.fiducia.promptable.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.user.UserSettings.Kind;
import io.fiducia.promptable.user.UserSettings.Reach;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedUserTest {
  private static final Geometry GRID = Bodies.grid();
  private static final boolean[] BALL = Bodies.mask(GRID, Bodies::ball);
  private static final boolean[] NOTHING = new boolean[BALL.length];

  private static SimulatedUser user(UserSettings settings) {
    return new SimulatedUser(BALL, GRID, "case1", settings, InteractionSeconds.usual());
  }

  private static UserSettings settings(Kind kind) {
    return UserSettings.of(kind, 5);
  }

  private static boolean[] without(Bodies.Body body) {
    return Bodies.mask(GRID, (i, j, k) -> Bodies.ball(i, j, k) && !body.holds(i, j, k));
  }

  @Test
  void theFirstBoxIsNearlyThatOfTheLargestSlice() {
    Interaction first = user(settings(Kind.BOX)).next(NOTHING).orElseThrow();
    Region box = ((Prompt.Box) first.prompt()).region();
    assertThat(box.startZ()).isEqualTo(12);
    assertThat(box.size().z()).isEqualTo(1);
    // The ball covers 11 to 29 and 9 to 27; 5 % of 19 voxels is one voxel.
    assertThat(box.startX()).isBetween(10, 12);
    assertThat(box.startX() + box.size().x()).isBetween(29, 31);
    assertThat(box.startY()).isBetween(8, 10);
    assertThat(box.startY() + box.size().y()).isBetween(27, 29);
    assertThat(first.seconds()).isEqualTo(7);
  }

  @Test
  void withoutJitterTheBoxIsTheStructures() {
    Prompt prompt = user(new UserSettings(Kind.BOX, 0, 0, Reach.SLICE, SlicePlane.AXIAL, 1))
        .next(NOTHING).orElseThrow().prompt();
    assertThat(prompt).isEqualTo(new Prompt.Box(Region.between(11, 9, 12, 30, 28, 13)));
  }

  @Test
  void boxesDependOnSeedAndCaseOnly() {
    UserSettings wide = new UserSettings(Kind.BOX, 0, 0.3, Reach.SLICE, SlicePlane.AXIAL, 1);
    Set<Prompt> all = new HashSet<>();
    for (long seed = 1; seed <= 20; seed++) {
      UserSettings s = new UserSettings(Kind.BOX, 0, 0.3, Reach.SLICE, SlicePlane.AXIAL, seed);
      Prompt one = user(s).next(NOTHING).orElseThrow().prompt();
      assertThat(user(s).next(BALL).orElseThrow().prompt()).isEqualTo(one);
      all.add(one);
    }
    assertThat(all).hasSizeGreaterThan(15);
    Prompt other = new SimulatedUser(BALL, GRID, "case2", wide, InteractionSeconds.usual())
        .next(NOTHING).orElseThrow().prompt();
    assertThat(other).isNotEqualTo(user(wide).next(NOTHING).orElseThrow().prompt());
  }

  @ParameterizedTest
  @EnumSource
  void everyNthSliceIsPromptedFirstInEveryPlane(SlicePlane plane) {
    UserSettings s = new UserSettings(Kind.BOX, 3, 0.05, Reach.SLICE, plane, 1);
    SimulatedUser user = user(s);
    int axis = plane.indexAxis(GRID);
    List<Integer> slices = new ArrayList<>();
    for (int n = 0; n < user.firstInteractions(); n++) {
      Region r = ((Prompt.Box) user.next(NOTHING).orElseThrow().prompt()).region();
      assertThat(r.size().get(axis)).isEqualTo(1);
      slices.add(new int[]{r.startX(), r.startY(), r.startZ()}[axis]);
    }
    // Axial 8 to 16 around 12, sagittal 11 to 29 around 20, coronal 9 to 27 around 18.
    List<Integer> expected = switch (plane) {
      case AXIAL -> List.of(12, 9, 15);
      case SAGITTAL -> List.of(20, 11, 14, 17, 23, 26, 29);
      case CORONAL -> List.of(18, 9, 12, 15, 21, 24, 27);
    };
    assertThat(slices).isEqualTo(expected);
  }

  /** Of two missing parts the larger one is clicked, where it is deepest: in the middle of a square. */
  @Test
  void theLargestErrorIsClickedFarthestFromItsBorder() {
    SimulatedUser user = user(settings(Kind.BOX));
    user.next(NOTHING);
    boolean[] found = without((i, j, k) -> k == 14 && i >= 17 && i <= 21 && j >= 16 && j <= 20
        || k == 11 && i >= 18 && i <= 20 && j >= 17 && j <= 19);
    Interaction click = user.next(found).orElseThrow();
    assertThat(click.prompt()).isEqualTo(new Prompt.Click(19, 18, 14, true));
    assertThat(click.seconds()).isEqualTo(2.4);
  }

  @Test
  void whatIsTooMuchIsClickedNegative() {
    SimulatedUser user = user(settings(Kind.BOX));
    user.next(NOTHING);
    boolean[] found = BALL.clone();
    for (int i = 1; i <= 5; i++) {
      for (int j = 30; j <= 34; j++) {
        found[GRID.size().index(i, j, 3)] = true;
      }
    }
    assertThat(user.next(found).orElseThrow().prompt())
        .isEqualTo(new Prompt.Click(3, 32, 3, false));
  }

  /** A model of volumes is corrected where the error is largest in the volume, not in one slice. */
  @Test
  void theReachDecidesWhatIsLarge() {
    Bodies.Body plate = (i, j, k) -> k == 9 && i >= 15 && i <= 25 && j >= 14 && j <= 22;
    Bodies.Body rod = (i, j, k) -> k >= 11 && k <= 15 && i >= 18 && i <= 22 && j >= 16 && j <= 20;
    boolean[] found = without((i, j, k) -> plate.holds(i, j, k) || rod.holds(i, j, k));
    SimulatedUser slices = user(settings(Kind.BOX));
    slices.next(NOTHING);
    assertThat(((Prompt.Click) slices.next(found).orElseThrow().prompt()).k()).isEqualTo(9);
    SimulatedUser volumes = user(
        new UserSettings(Kind.BOX, 0, 0.05, Reach.VOLUME, SlicePlane.AXIAL, 1));
    volumes.next(NOTHING);
    Prompt.Click click = (Prompt.Click) volumes.next(found).orElseThrow().prompt();
    // The axis of the rod is 3 mm deep in three of its five slices; one of them is drawn.
    assertThat(click).isIn(new Prompt.Click(20, 18, 12, true), new Prompt.Click(20, 18, 13, true),
        new Prompt.Click(20, 18, 14, true));
  }

  @Test
  void pointsBeginWithAClickInTheMiddle() {
    assertThat(user(settings(Kind.POINTS)).next(NOTHING).orElseThrow().prompt())
        .isEqualTo(new Prompt.Click(20, 18, 12, true));
  }

  @Test
  void scribblesRunAlongTheErrorAndInsideOfIt() {
    SimulatedUser user = user(settings(Kind.SCRIBBLES));
    Prompt.Scribble first = (Prompt.Scribble) user.next(NOTHING).orElseThrow().prompt();
    assertThat(first.positive()).isTrue();
    int drawn = 0;
    for (int n = 0; n < BALL.length; n++) {
      if (first.drawn().data()[n] > 0) {
        drawn++;
        assertThat(BALL[n]).isTrue();
        assertThat(n / 40 / 36).isEqualTo(12);
      }
    }
    // The core has half of the radius of 9: about 9 voxels across.
    assertThat(drawn).isBetween(7, 13);
    boolean[] found = without((i, j, k) -> k == 12 && j >= 17 && j <= 19);
    Prompt.Scribble second = (Prompt.Scribble) user.next(found).orElseThrow().prompt();
    List<Integer> places = new ArrayList<>();
    for (int n = 0; n < BALL.length; n++) {
      if (second.drawn().data()[n] > 0) {
        places.add(n);
      }
    }
    // The missing strip is 3 voxels high and about 19 long: the stroke follows its length.
    assertThat(places).hasSizeBetween(15, 19);
  }

  @Test
  void mixedInteractionsTakeTurns() {
    SimulatedUser user = user(settings(Kind.MIXED));
    boolean[] half = without((i, j, k) -> i > 20);
    List<Class<?>> kinds = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      kinds.add(user.next(half).orElseThrow().prompt().getClass());
    }
    assertThat(kinds).containsExactly(Prompt.Box.class, Prompt.Scribble.class, Prompt.Click.class,
        Prompt.Scribble.class);
  }

  @Test
  void aUserWithoutErrorsStops() {
    SimulatedUser user = user(settings(Kind.BOX));
    user.next(NOTHING);
    assertThat(user.next(BALL)).isEmpty();
  }

  @Test
  void aThinStructureStillHasABox() {
    boolean[] rod = Bodies.mask(GRID, (i, j, k) -> i == 39 && j == 35);
    Region r = ((Prompt.Box) new SimulatedUser(rod, GRID, "thin", settings(Kind.BOX),
        InteractionSeconds.usual()).next(NOTHING).orElseThrow().prompt()).region();
    assertThat(r.size().x()).isEqualTo(2);
    assertThat(r.startX()).isEqualTo(38);
    assertThat(r.startY()).isEqualTo(34);
  }

  @Test
  void namesWhatIsWrong() {
    assertThatThrownBy(() -> new SimulatedUser(NOTHING, GRID, "case7", settings(Kind.BOX),
        InteractionSeconds.usual())).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("case7");
    assertThatThrownBy(() -> Kind.of("lines")).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("box, points, scribbles, mixed");
    assertThat(Kind.of("mixed")).isEqualTo(Kind.MIXED);
    assertThat(InteractionSeconds.usual().of(new Prompt.Click(0, 0, 0, true))).isCloseTo(2.4,
        within(1e-9));
  }
}
