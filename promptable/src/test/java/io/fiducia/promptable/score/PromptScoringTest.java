package io.fiducia.promptable.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.session.PromptSession.Multimask;
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.testing.GrowingModel;
import io.fiducia.promptable.user.InteractionSeconds;
import io.fiducia.promptable.user.InteractiveSystem;
import io.fiducia.promptable.user.UserSettings;
import io.fiducia.promptable.user.UserSettings.Kind;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.volume.FloatVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PromptScoringTest {
  private static final Geometry GRID = Bodies.grid();

  /** Two structures of one brightness: the ball, and a bar that touches it and that the model takes for it. */
  private static boolean bar(int i, int j, int k) {
    return j >= 17 && j <= 19 && i >= 29 && i <= 36 && k >= 10 && k <= 14;
  }

  private static Bodies.Body joined() {
    return (i, j, k) -> Bodies.ball(i, j, k) || bar(i, j, k);
  }

  private record Made(String id, FloatVolume image, Geometry contoured,
      Bodies.Body ball) implements ContouredCase {
    @Override
    public Case images() {
      return new Case(id, List.of(image));
    }

    @Override
    public Segmentation contours() {
      return Segmentation.of(id, new StructureSet(List.of(Structure.of("Ball", 1),
          Structure.of("Nothing", 2))), Bodies.drawn(contoured, ball),
          new Provenance("test", Map.of()));
    }
  }

  private static ContouredCase made(String id) {
    return new Made(id, Bodies.image(GRID, joined()), GRID, Bodies::ball);
  }

  private static InteractiveSystem growing() {
    return growing(new GrowingModel('a'));
  }

  private static InteractiveSystem growing(GrowingModel model) {
    return new SliceWiseSystem("growing", model, Optional.empty(),
        new SliceWiseSystem.Settings(SlicePlane.AXIAL,
            PropagationSettings.usual(),
            Multimask.SINGLE_CLICK),
        SliceWiseSystem.Windows.fixed(Bodies.WINDOW), new Cancellation());
  }

  private static PromptScoring.Result run(UserSettings user, int interactions,
      List<ContouredCase> cases, InteractiveSystem... systems) {
    return run(user, interactions, KeptScores.none(), cases, systems);
  }

  private static PromptScoring.Result run(UserSettings user, int interactions, KeptScores kept,
      List<ContouredCase> cases, InteractiveSystem... systems) {
    return PromptScoring.run(new PromptScoring.Request(cases, List.of("Ball", "Nothing"),
        List.of(systems), user, InteractionSeconds.usual(), interactions, 2, kept),
        Progress.none(), new Cancellation());
  }

  private static double dice(List<PromptScore> scores, String system, int interactions) {
    return scores.stream()
        .filter(s -> s.system().equals(system) && s.interactions() == interactions)
        .mapToDouble(s -> s.values().get("Dice")).average().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void scoresRiseWithInteractions(Kind kind) {
    PromptScoring.Result result = run(UserSettings.of(kind, 3), 8, List.of(made("case1")),
        growing());
    assertThat(result.problems()).isEmpty();
    List<PromptScore> scores = result.scores();
    assertThat(scores).hasSize(3 * 8).extracting(PromptScore::structure).containsOnly("Ball");
    assertThat(dice(scores, "growing", 8)).as("last").isGreaterThan(0.95)
        .isGreaterThanOrEqualTo(dice(scores, "growing", 1));
    if (kind != Kind.BOX && kind != Kind.MIXED) {
      // Without a box the bar is taken for a part of the ball at first.
      assertThat(dice(scores, "growing", 8)).isGreaterThan(dice(scores, "growing", 1) + 0.01);
    }
    // Slices in between are interpolated only where two were prompted.
    assertThat(dice(scores, "interpolation", 1)).isLessThan(dice(scores, "growing", 1));
    assertThat(scores.stream().filter(s -> s.system().equals("growing") && s.interactions() == 1)
        .map(PromptScore::seconds))
        .containsOnly(kind == Kind.POINTS ? 2.4 : kind == Kind.SCRIBBLES ? 10.9 : 7);
    assertThat(scores).allMatch(s -> s.values().keySet().equals(Set.of("Dice",
        "NSD@2mm")));
  }

  @Test
  void theSameSeedGivesTheSameScores() {
    UserSettings user = UserSettings.of(Kind.MIXED, 3);
    assertThat(run(user, 5, List.of(made("case1")), growing()).scores())
        .isEqualTo(run(user, 5, List.of(made("case1")), growing()).scores());
  }

  @Test
  void severalSystemsStandInOneTable() {
    PromptScoring.Result result = run(UserSettings.of(Kind.BOX, 3).withEveryNth(4), 3,
        List.of(made("case1"), made("case2")), growing(), SliceRule.otsuInBox(SlicePlane.AXIAL),
        SliceRule.nearestScribble(SlicePlane.AXIAL));
    List<PromptScore> scores = result.scores();
    assertThat(scores.stream().map(PromptScore::system).distinct()).containsExactly("growing",
        "interpolation", "otsu-in-box", "nearest-scribble", "contours-interpolated");
    // Slices 8, 12 and 16 of 9 are prompted: interpolation and Otsu know the whole extent.
    assertThat(dice(scores, "otsu-in-box", 3)).isGreaterThan(0.8);
    assertThat(dice(scores, "interpolation", 3)).isGreaterThan(0.8);
    assertThat(dice(scores, "growing", 3)).isGreaterThan(0.93);
    assertThat(dice(scores, "nearest-scribble", 3)).isZero();
    List<PromptScoreTable.Mean> means = PromptScoreTable.means(scores);
    assertThat(means).hasSize(5 * 3);
    // Slices 12, 8 and 16 are exact; between them the radius grows linearly from 4.1 to 9 mm in place of
    // the ball's: squares of radii sum up to 379 in place of 489, Dice 2 * 379 / (379 + 489).
    assertThat(dice(scores, "contours-interpolated", 3)).isCloseTo(0.873, within(0.02));
    assertThat(means.getLast().seconds()).isEqualTo(3 * 54);
    assertThat(means.getFirst().n()).isEqualTo(2);
    assertThat(means.getFirst().values().get("Dice")).isCloseTo(dice(scores, "growing", 1),
        within(1e-12));
  }

  /** A user who sees no error stops, and the row of a larger number of interactions repeats the last. */
  @Test
  void aPerfectResultStays() {
    InteractiveSystem perfect = new InteractiveSystem() {
      @Override
      public String name() {
        return "perfect";
      }

      @Override
      public String identity() {
        return name();
      }

      @Override
      public Work start(FloatVolume image, String structure) {
        return prompt -> Bodies.mask(GRID, Bodies::ball);
      }
    };
    List<PromptScore> scores = run(UserSettings.of(Kind.BOX, 3), 4, List.of(made("case1")), perfect)
        .scores();
    assertThat(scores).hasSize(8).filteredOn(s -> s.system().equals("perfect")).hasSize(4)
        .allMatch(s -> s.values().get("Dice") == 1 && s.seconds() == 7);
  }

  @Test
  void whatFailsIsNamedAndTheRestGoesOn() {
    Geometry other = Geometry.of(new Size(40, 36, 24), new Vec3(1, 1, 3));
    ContouredCase wrong = new Made("case2", Bodies.image(GRID, joined()), other, Bodies::ball);
    ContouredCase blank = new Made("case3", new FloatVolume(GRID, new float[BODY]), GRID,
        Bodies::ball);
    PromptScoring.Result result = run(UserSettings.of(Kind.BOX, 3), 1,
        List.of(made("case1"), wrong, blank), growing());
    assertThat(result.scores()).filteredOn(s -> s.system().equals("growing"))
        .extracting(PromptScore::caseId).containsOnly("case1");
    assertThat(result.problems()).hasSize(2);
    assertThat(result.problems().get(0)).contains("case2", "another grid");
    assertThat(result.problems().get(1)).contains("case3, Ball, growing", "shows nothing");
    assertThatThrownBy(() -> run(UserSettings.of(Kind.BOX, 3), 1, List.of(blank), growing()))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("nothing could be scored");
  }

  private static final int BODY = 40 * 36 * 24;

  @Test
  void tablesHaveTheColumnsOfAnEvaluationAndTwoMore(@TempDir Path folder) throws IOException {
    List<PromptScore> scores = List.of(
        new PromptScore("a", "case,1", "Ball", 1, 2.5, Map.of("Dice", 0.25)),
        new PromptScore("b", "case2", "Ball", 2, 9, Map.of("Dice", Double.NaN)));
    Path file = folder.resolve("metrics.csv");
    PromptScoreTable.write(scores, "a", file);
    assertThat(Files.readString(file)).isEqualTo(
        "case,structure,metric,value,unit,interactions,seconds\n\"case,1\",Ball,Dice,0.25,,1,2.5\n");
    PromptScoreTable.writeAll(scores, file);
    assertThat(Files.readAllLines(file)).containsExactly(
        "system,case,structure,metric,value,unit,interactions,seconds",
        "a,\"case,1\",Ball,Dice,0.25,,1,2.5", "b,case2,Ball,Dice,,,2,9.0");
  }

  /** A mask that is empty is an answer: the user goes on. */
  @Test
  void aModelThatFindsNothingIsScored() {
    Bodies.Body dark = (i, j, k) -> Bodies.ball(i, j, k) && i == 0 && j == 0;
    FloatVolume image = Bodies.image(GRID, dark);
    ContouredCase c = new Made("case1", image, GRID, Bodies::ball);
    List<PromptScore> scores = run(UserSettings.of(Kind.BOX, 3), 2, List.of(c), growing()).scores();
    assertThat(scores).filteredOn(s -> s.system().equals("growing")).hasSize(2)
        .allMatch(s -> s.values().get("Dice") == 0);
  }

  @Test
  void promptsAreSeenInOrder() {
    Prompt[] seen = new Prompt[2];
    InteractiveSystem watching = new InteractiveSystem() {
      private int n;

      @Override
      public String name() {
        return "watching";
      }

      @Override
      public String identity() {
        return name();
      }

      @Override
      public Work start(FloatVolume image, String structure) {
        return prompt -> {
          seen[n++] = prompt;
          return new boolean[BODY];
        };
      }
    };
    run(UserSettings.of(Kind.BOX, 3), 2, List.of(made("case1")), watching);
    assertThat(seen[0]).isInstanceOf(Prompt.Box.class);
    // Nothing was found: the deepest place of the largest slice.
    assertThat(seen[1]).isEqualTo(new Prompt.Click(20, 18, 12, true));
  }

  /** Each run has a model of its own, which counts what it had to do. */
  @Test
  void finishedScoresAreKept(@TempDir Path folder) throws IOException {
    UserSettings user = UserSettings.of(Kind.BOX, 3);
    KeptScores kept = KeptScores.in(folder, "1.0");
    GrowingModel first = new GrowingModel('a');
    List<PromptScore> scores = run(user, 3, kept, List.of(made("case1")), growing(first)).scores();
    assertThat(first.embedded()).isPositive();
    GrowingModel second = new GrowingModel('a');
    assertThat(run(user, 3, kept, List.of(made("case1")), growing(second)).scores())
        .isEqualTo(scores);
    assertThat(second.embedded()).isZero();
    // Whatever decides the scores makes the kept ones useless.
    ContouredCase moved = new Made("case1", Bodies.image(GRID, Bodies::ball), GRID, Bodies::ball);
    ContouredCase contoured = new Made("case1", Bodies.image(GRID, joined()), GRID,
        (i, j, k) -> Bodies.ball(i, j, k) && i < 28);
    List<Runnable> others = List.of(
        () -> run(UserSettings.of(Kind.BOX, 4), 3, kept, List.of(made("case1")), growing(second)),
        () -> run(user, 2, kept, List.of(made("case1")), growing(second)),
        () -> run(user, 3, kept, List.of(made("case2")), growing(second)),
        () -> run(user, 3, kept, List.of(moved), growing(second)),
        () -> run(user, 3, kept, List.of(contoured), growing(second)),
        () -> run(user, 3, KeptScores.in(folder, "1.1"), List.of(made("case1")), growing(second)));
    int before = 0;
    for (Runnable other : others) {
      other.run();
      assertThat(second.embedded()).isGreaterThan(before);
      before = second.embedded();
    }
    GrowingModel weights = new GrowingModel('b');
    run(user, 3, kept, List.of(made("case1")), growing(weights));
    assertThat(weights.embedded()).isPositive();
    // A file that is cut off is computed again.
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.writeString(file, Files.readString(file).substring(0, 40));
      }
    }
    GrowingModel third = new GrowingModel('a');
    assertThat(run(user, 3, kept, List.of(made("case1")), growing(third)).scores())
        .isEqualTo(scores);
    assertThat(third.embedded()).isPositive();
  }
}
