package io.fiducia.universeg.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.Adaptable;
import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.core.TrainingBudget;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.metrics.LabelMapFormat;
import io.fiducia.metrics.stats.LearningCurve;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A row of 8 voxels, all of them structure A. The fake system finds 2 of them for each case that it
 * learned from, so that Dice is 2 * 2 n / (2 n + 8): 0.4, 2/3 and 1 for 1, 2 and 4 cases.
 */
class SupportScoringTest {
  private static final Geometry GRID = Geometry.of(new Size(8, 1, 1), new Vec3(1, 1, 1));
  private static final StructureSet A = StructureSet.of(Structure.of("A", 1));
  private static final StructureSet AB = StructureSet.of(Structure.of("A", 1),
      Structure.of("B", 2));

  @TempDir
  private Path folder;

  private final List<String> segmented = new ArrayList<>();
  private final List<List<String>> adapted = new ArrayList<>();
  private final Cancellation cancellation = new Cancellation();
  private int stopAfter = Integer.MAX_VALUE;

  private static ScoreCase full(String id, StructureSet structures) {
    short[] labels = new short[8];
    Arrays.fill(labels, (short) 1);
    return new DrawnCase(id, GRID, structures, labels).scored();
  }

  private static List<ScoreCase> cases(String prefix, int n) {
    return IntStream.range(0, n).mapToObj(i -> full(prefix + i, A)).toList();
  }

  /** Finds twice as many voxels as it has cases, and keeps a file in its folder. */
  private final Adaptable growing = (request, progress, cancelled) -> {
    adapted.add(request.cases().stream().map(ContouredCase::id).toList());
    keep(request.folder());
    return new Segmenter() {
      @Override
      public StructureSet structures() {
        return A;
      }

      @Override
      public Segmentation segment(Case images, Progress p, Cancellation c) {
        segmented.add(images.id());
        if (segmented.size() == stopAfter) {
          cancellation.cancel();
        }
        short[] labels = new short[8];
        Arrays.fill(labels, 0, Math.min(8, 2 * request.cases().size()), (short) 1);
        return Segmentation.of(images.id(), A, new LabelVolume(GRID, labels),
            new Provenance("growing", Map.of()));
      }

      @Override
      public void close() {}
    };
  };

  private static void keep(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("scratch"), "of a patient");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ScoreRequest.Entrant entrant(String identity) {
    return new ScoreRequest.Entrant("growing", identity, growing);
  }

  private ScoreRequest request(List<ScoreCase> support, List<ScoreCase> test, List<Integer> sizes,
      int repeats) {
    return new ScoreRequest(support, test, false, List.of("A"), sizes, repeats, 0,
        List.of(entrant("1")), List.of(), new TrainingBudget.Iterations(1),
        folder.resolve("cells"));
  }

  private SupportScoring.Result run(ScoreRequest request) {
    return SupportScoring.run(request, Progress.none(), cancellation);
  }

  private static double mean(LearningCurve curve, String system, int size) {
    return curve.point(system, "A", "Dice", size).orElseThrow().mean().mean();
  }

  private static LearningCurve curve(SupportScoring.Result result) {
    return LearningCurve.of(result.scores(),
        new LearningCurve.Options(SupportScoring.metrics(), 10_000, 0));
  }

  @Test
  void theCurveIsThatOfTheClosedForm() throws IOException {
    SupportScoring.Result result = run(
        request(cases("s", 4), cases("t", 3), List.of(1, 2, 4), 2));
    LearningCurve curve = curve(result);
    assertThat(mean(curve, "growing", 1)).isCloseTo(0.4, within(1e-15));
    assertThat(mean(curve, "growing", 2)).isCloseTo(2.0 / 3, within(1e-15));
    assertThat(mean(curve, "growing", 4)).isEqualTo(1);
    assertThat(result.cells()).hasSize(3 * 2 * 3);
    assertThat(result.problems()).isEmpty();
    Path table = folder.resolve("metrics.csv");
    ScoreTable.write(result.cells(), table);
    assertThat(Files.readAllLines(table)).hasSize(19).startsWith(
        "system,n,repeat,case,structure,Dice,HD95_mm,NSD@2mm,volume_pred_cm3,volume_ref_cm3,n_pred,"
            + "n_ref")
        .anyMatch(l -> l.matches("growing,1,2,t1,A,0\\.4,[\\d.]+,[\\d.]+,0\\.002,0\\.008,2,8"));
    // What the system kept of patients is gone.
    try (Stream<Path> all = Files.walk(folder)) {
      assertThat(all.map(p -> p.getFileName().toString())).doesNotContain("scratch", "work");
    }
    // Each support set of each draw is read once for all test cases.
    assertThat(adapted).hasSize(6);
  }

  @Test
  void allSystemsGetTheSameCases() {
    List<List<String>> second = new ArrayList<>();
    Adaptable watching = (request, progress, cancelled) -> {
      second.add(request.cases().stream().map(ContouredCase::id).toList());
      return growing.adapt(request, progress, cancelled);
    };
    ScoreRequest one = request(cases("s", 6), cases("t", 1), List.of(2, 3), 3);
    run(new ScoreRequest(one.support(), one.test(), false, one.structures(), one.sizes(),
        one.repeats(), 0,
        List.of(entrant("1"), new ScoreRequest.Entrant("watching", "", watching)), List.of(),
        one.budget(), one.folder()));
    assertThat(second).hasSize(6);
    // The second system's calls run through the first one, too.
    for (int i = 0; i < 6; i++) {
      assertThat(adapted.get(2 * i)).isEqualTo(second.get(i));
    }
  }

  @Test
  void aStoppedRunContinuesAndGivesTheSameTable() throws IOException {
    ScoreRequest request = request(cases("s", 4), cases("t", 3), List.of(1, 2, 4), 2);
    stopAfter = 8;
    assertThatThrownBy(() -> run(request)).isInstanceOfSatisfying(FiduciaException.class,
        e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
    assertThat(segmented).hasSize(8);
    stopAfter = Integer.MAX_VALUE;
    SupportScoring.Result resumed = SupportScoring.run(request, Progress.none(),
        new Cancellation());
    assertThat(segmented).as("nothing is computed twice").hasSize(18);
    Path whole = folder.resolve("whole");
    SupportScoring.Result undisturbed = SupportScoring.run(
        new ScoreRequest(request.support(), request.test(), false, request.structures(),
            request.sizes(), 2, 0, request.systems(), List.of(), request.budget(), whole),
        Progress.none(), new Cancellation());
    ScoreTable.write(resumed.cells(), folder.resolve("a.csv"));
    ScoreTable.write(undisturbed.cells(), folder.resolve("b.csv"));
    assertThat(folder.resolve("a.csv")).hasSameBinaryContentAs(folder.resolve("b.csv"));
  }

  @Test
  void aCellIsComputedAgainIfItsInputsChanged() throws IOException {
    List<ScoreCase> support = cases("s", 4);
    List<ScoreCase> test = cases("t", 3);
    run(request(support, test, List.of(1, 4), 1));
    assertThat(segmented).hasSize(6);
    // A test case whose files changed: both sizes of it, nothing else.
    List<ScoreCase> changed = new ArrayList<>(test);
    changed.set(1, new ScoreCase(test.get(1).contoured(), "image t1", "other contours"));
    run(request(support, changed, List.of(1, 4), 1));
    assertThat(segmented.subList(6, segmented.size())).containsExactly("t1", "t1");
    // A support case that changed: only the sets that hold it, which is every set of 4.
    String first = adapted.get(0).get(0);
    List<ScoreCase> other = support.stream().map(c -> c.id().equals(first)
        ? c
        : new ScoreCase(c.contoured(), c.imageHash(), "other")).toList();
    segmented.clear();
    run(request(other, changed, List.of(1, 4), 1));
    assertThat(segmented).hasSize(3);
    // Another system behind the same name.
    segmented.clear();
    ScoreRequest last = request(other, changed, List.of(1, 4), 1);
    run(new ScoreRequest(last.support(), last.test(), false, last.structures(), last.sizes(), 1, 0,
        List.of(entrant("2")), List.of(), last.budget(), last.folder()));
    assertThat(segmented).hasSize(6);
    // A damaged file.
    segmented.clear();
    Files.writeString(folder.resolve("cells/growing_n1_r1/t0.json"), "{\"inputs\": ");
    run(new ScoreRequest(last.support(), last.test(), false, last.structures(), last.sizes(), 1, 0,
        List.of(entrant("2")), List.of(), last.budget(), last.folder()));
    assertThat(segmented).containsExactly("t0");
  }

  @Test
  void withoutTheCaseItselfEachIsLearnedFromTheOthers() {
    List<ScoreCase> all = cases("c", 5);
    ScoreRequest request = new ScoreRequest(all, all, true, List.of("A"), List.of(1, 4), 1, 0,
        List.of(entrant("1")), List.of(), new TrainingBudget.Iterations(1),
        folder.resolve("cells"));
    SupportScoring.Result result = run(request);
    assertThat(result.cells()).hasSize(10).allSatisfy(
        c -> assertThat(c.support()).hasSize(c.size()).doesNotContain(c.caseId()));
    assertThat(mean(curve(result), "growing", 4)).isEqualTo(1);
    // One case: all share the first of the order, but for that one itself. Four: five sets.
    assertThat(adapted).hasSize(2 + 5);
  }

  @Test
  void aStructureThatATestCaseLacksDoesNotCount() {
    ScoreCase without = new DrawnCase("t9", GRID, A, new short[8]).scored();
    ScoreCase notContoured = full("t8", StructureSet.of(Structure.of("B", 1)));
    ScoreRequest request = request(cases("s", 4),
        List.of(full("t0", A), without, notContoured), List.of(1, 2), 1);
    SupportScoring.Result result = run(request);
    LearningCurve curve = curve(result);
    assertThat(curve.point("growing", "A", "Dice", 1).orElseThrow().mean().n()).isEqualTo(1);
    assertThat(mean(curve, "growing", 1)).isCloseTo(0.4, within(1e-15));
    assertThat(curve.absent()).containsExactly(
        new LearningCurve.Absent("growing", "A", 1, 1, 1),
        new LearningCurve.Absent("growing", "A", 2, 1, 1));
    // In the table it has its values: found where there is nothing is Dice 0, and no distance.
    ScoredCell cell = result.cells().stream().filter(c -> c.caseId().equals("t9")).findFirst()
        .orElseThrow();
    assertThat(cell.scores().get("A").get("Dice")).isZero();
    assertThat(cell.scores().get("A").get("HD95_mm")).isNaN();
    assertThat(result.cells().stream().filter(c -> c.caseId().equals("t8")))
        .allMatch(c -> c.scores().isEmpty());
  }

  @Test
  void aStructureThatTheSystemDoesNotKnowCountsAsEmpty() {
    short[] labels = {1, 1, 1, 1, 2, 2, 2, 2};
    List<ScoreCase> both = IntStream.range(0, 3)
        .mapToObj(i -> new DrawnCase("s" + i, GRID, AB, labels).scored()).toList();
    ScoreCase test = new DrawnCase("t", GRID, AB, labels).scored();
    ScoreRequest request = new ScoreRequest(both, List.of(test), false, List.of("A", "B"),
        List.of(2), 1, 0, List.of(entrant("1")), List.of(), new TrainingBudget.Iterations(1),
        folder.resolve("cells"));
    Map<String, Map<String, Double>> scores = run(request).cells().get(0).scores();
    assertThat(scores.get("A").get("Dice")).isEqualTo(1);
    assertThat(scores.get("B").get("Dice")).isZero();
  }

  @Test
  void theSystemLearnsNoOtherStructuresThanTheChosenOnes() {
    List<List<String>> seen = new ArrayList<>();
    Adaptable looking = (request, progress, cancelled) -> {
      request.cases().forEach(c -> seen.add(c.contours().structures().names()));
      return growing.adapt(request, progress, cancelled);
    };
    run(new ScoreRequest(List.of(full("s", AB)), List.of(full("t", AB)), false, List.of("A"),
        List.of(1), 1, 0, List.of(new ScoreRequest.Entrant("looking", "", looking)), List.of(),
        new TrainingBudget.Iterations(1), folder.resolve("cells")));
    assertThat(seen).containsExactly(List.of("A"));
  }

  @Test
  void whatCannotBeSegmentedIsAProblemAndTheRestIsScored() {
    Adaptable choosy = (request, progress, cancelled) -> {
      if (request.cases().size() == 2) {
        throw FiduciaException.badInput("cannot learn", "x", "two is too many", "");
      }
      Segmenter inner = growing.adapt(request, progress, cancelled);
      return new Segmenter() {
        @Override
        public StructureSet structures() {
          return A;
        }

        @Override
        public Segmentation segment(Case images, Progress p, Cancellation c) {
          if (images.id().equals("t1")) {
            throw FiduciaException.badInput("not an image", "secret/path", "all dark", "");
          }
          return inner.segment(images, p, c);
        }

        @Override
        public void close() {}
      };
    };
    SupportScoring.Result result = run(new ScoreRequest(cases("s", 3), cases("t", 3), false,
        List.of("A"), List.of(1, 2, 3), 1, 0,
        List.of(new ScoreRequest.Entrant("choosy", "", choosy)), List.of(),
        new TrainingBudget.Iterations(1), folder.resolve("cells")));
    assertThat(result.cells()).extracting(ScoredCell::caseId).containsExactly("t0", "t2", "t0",
        "t2");
    assertThat(result.problems()).containsExactly("t1, choosy: not an image: all dark",
        "choosy with 2 cases, draw 1: cannot learn: two is too many");
  }

  @Test
  void nothingThatCouldBeScoredIsAnError() {
    Adaptable broken = (request, progress, cancelled) -> {
      throw FiduciaException.badInput("the weights are broken", "x", "", "");
    };
    assertThatThrownBy(() -> run(new ScoreRequest(cases("s", 3), cases("t", 3), false,
        List.of("A"), List.of(1, 2), 1, 0,
        // The other system alone would make a curve, but not the one that was asked for.
        List.of(new ScoreRequest.Entrant("broken", "", broken), entrant("1")), List.of(),
        new TrainingBudget.Iterations(1), folder.resolve("cells"))))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.why()).contains("the weights are broken");
        });
  }

  @Test
  void contoursOfAnotherSystemAreScoredOnTheSameCases() {
    Path elsewhere = folder.resolve("elsewhere");
    // 6 of 8 voxels: Dice 2 * 6 / 14. The third case is missing.
    for (String id : List.of("t0", "t1")) {
      NiftiWriter.writeLabels(elsewhere.resolve(id + ".nii.gz"),
          new LabelVolume(GRID, new short[]{1, 1, 1, 1, 1, 1, 0, 0}));
    }
    ScoreRequest one = request(cases("s", 4), cases("t", 3), List.of(1, 4), 1);
    SupportScoring.Result result = run(new ScoreRequest(one.support(), one.test(), false,
        one.structures(), one.sizes(), 1, 0, one.systems(),
        List.of(new ScoreRequest.Elsewhere("net", 4, elsewhere, LabelMapFormat.NIFTI)),
        one.budget(), one.folder()));
    LearningCurve curve = curve(result);
    assertThat(mean(curve, "net", 4)).isCloseTo(12.0 / 14, within(1e-15));
    assertThat(curve.sizes("net")).isEqualTo(new TreeSet<>(List.of(4)));
    assertThat(result.problems()).hasSize(1).first().asString()
        .startsWith("t2, net: no label map of this case");
    assertThat(curve.against("net")).hasSize(1).first()
        .satisfies(f -> assertThat(f.overall().n()).isEqualTo(2));
  }

  @Test
  void progressCountsEveryCellAndWarningsComeOnce() {
    Adaptable warning = (request, progress, cancelled) -> {
      progress.warning("look here");
      progress.started("inner bar", 1, "");
      return growing.adapt(request, progress, cancelled);
    };
    List<ProgressEvent> events = new ArrayList<>();
    ScoreRequest one = request(cases("s", 3), cases("t", 2), List.of(1, 2), 2);
    SupportScoring.run(new ScoreRequest(one.support(), one.test(), false, one.structures(),
        one.sizes(), 2, 0, List.of(new ScoreRequest.Entrant("warning", "", warning)), List.of(),
        one.budget(), one.folder()), events::add, cancellation);
    assertThat(events).filteredOn(ProgressEvent.Started.class::isInstance)
        .containsExactly(new ProgressEvent.Started("Score", 8, "cases"));
    assertThat(events).filteredOn(ProgressEvent.Advanced.class::isInstance)
        .extracting(e -> ((ProgressEvent.Advanced) e).done())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(events).filteredOn(ProgressEvent.Warning.class::isInstance).hasSize(1);
    assertThat(events.getLast()).isEqualTo(new ProgressEvent.Finished("Score"));
  }

  @Test
  void requestsThatMakeNoSenseAreRefused() {
    List<ScoreCase> support = cases("s", 3);
    refused(FiduciaException.Kind.BAD_INPUT, "expected at most 3",
        () -> request(support, cases("t", 1), List.of(1, 4), 1));
    refused(FiduciaException.Kind.BAD_INPUT, "expected at most 2",
        () -> new ScoreRequest(support, support, true, List.of("A"), List.of(3), 1, 0,
            List.of(entrant("1")), List.of(), new TrainingBudget.Iterations(1), folder));
    refused(FiduciaException.Kind.USAGE, "ascending",
        () -> request(support, cases("t", 1), List.of(2, 1), 1));
    refused(FiduciaException.Kind.USAGE, "at least one", () -> request(support, cases("t", 1),
        List.of(), 1));
    refused(FiduciaException.Kind.BAD_INPUT, "",
        () -> request(support, List.of(), List.of(1), 1));
    ScoreCase same = new ScoreCase(full("t", A).contoured(), support.get(1).imageHash(), "x");
    refused(FiduciaException.Kind.BAD_INPUT, "its image is that of s1",
        () -> request(support, List.of(same), List.of(1), 1));
    refused(FiduciaException.Kind.BAD_INPUT, "",
        () -> request(support, List.of(full("t", A), full("t", A)), List.of(1), 1));
  }

  private static void refused(FiduciaException.Kind kind, String why, Runnable request) {
    assertThatThrownBy(request::run).isInstanceOfSatisfying(FiduciaException.class, e -> {
      assertThat(e.kind()).as(e.toString()).isEqualTo(kind);
      assertThat(e.why()).contains(why);
    });
  }

  @Test
  void anUnknownStructureIsNamedWithASuggestion() {
    assertThat(ChosenStructures.named(List.of(), List.of("A", "B"))).containsExactly("A", "B");
    assertThat(ChosenStructures.named(List.of("B"), List.of("A", "B"))).containsExactly("B");
    assertThatThrownBy(
        () -> ChosenStructures.named(List.of("Blader"), List.of("Bladder", "Rectum")))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.USAGE);
          assertThat(e.advice()).isEqualTo("did you mean Bladder?");
          assertThat(e.why()).contains("Bladder, Rectum");
        });
    assertThatThrownBy(() -> ChosenStructures.named(List.of("A", "A"), List.of("A")))
        .isInstanceOf(FiduciaException.class);
  }

  @Test
  void aSystemIsNotAskedForStructuresThatItsCasesLack() {
    List<List<String>> asked = new ArrayList<>();
    KnownStructures system = new KnownStructures(AB, some -> (request, progress, cancelled) -> {
      asked.add(some.names());
      return growing.adapt(request, progress, cancelled);
    });
    ContouredCase onlyA = full("a", AB).contoured();
    ContouredCase onlyB = new DrawnCase("b", GRID, AB, new short[]{0, 2, 0, 0, 0, 0, 0, 0});
    for (List<ContouredCase> cases : List.of(List.of(onlyA), List.of(onlyA, onlyB))) {
      system.adapt(new Adaptable.Request(cases, java.util.Optional.empty(),
          new TrainingBudget.Iterations(1), 0, folder), Progress.none(), cancellation).close();
    }
    assertThat(asked).containsExactly(List.of("A"), List.of("A", "B"));
    assertThatThrownBy(() -> system.adapt(new Adaptable.Request(
        List.of(new DrawnCase("c", GRID, AB, new short[8])), java.util.Optional.empty(),
        new TrainingBudget.Iterations(1), 0, folder), Progress.none(), cancellation))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT));
  }
}
