package io.fiducia.universeg.score;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.Adaptable;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.metrics.stats.LearningCurve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Scores systems that learn from a few cases against the number of these cases: does a larger support
 * help? For each support size and draw, each system learns from the drawn cases and contours every test
 * case. Cells that are finished are kept and not computed again, as long as their inputs stay the same.
 */
public final class SupportScoring {
  private static final String TASK = "Score";

  private final ScoreRequest request;
  private final Progress progress;
  private final Cancellation cancellation;
  private final CellStore store;
  private final NestedDraws draws;
  private final Set<String> problems = new LinkedHashSet<>();
  private final Set<String> warned = Collections.synchronizedSet(new HashSet<>());
  private int done;

  private SupportScoring(ScoreRequest request, Progress progress, Cancellation cancellation) {
    this.request = request;
    this.progress = progress;
    this.cancellation = cancellation;
    this.store = new CellStore(request.folder());
    this.draws = new NestedDraws(request.support(), request.repeats(), request.seed());
  }

  /**
   * What came of it.
   *
   * @param cells by system, size, repeat and case
   * @param problems what could not be scored, each once
   */
  public record Result(List<ScoredCell> cells, List<String> problems) {
    public Result {
      cells = List.copyOf(cells);
      problems = List.copyOf(problems);
    }

    /** All scores, of the studied system first. */
    public List<LearningCurve.Score> scores() {
      return cells.stream().flatMap(c -> c.rows().stream()).toList();
    }
  }

  /** The metrics that a curve shows, the primary one first; the table has more. */
  public static List<String> metrics() {
    return StructureScoring.headline();
  }

  /**
   * Scores everything that is not finished yet.
   *
   * @throws FiduciaException BAD_INPUT if nothing of the studied system could be scored; CANCELLED on request, after
   *     which the same call goes on; whatever a system throws, except for BAD_INPUT, which becomes a
   *     problem of the cells concerned
   */
  public static Result run(ScoreRequest request, Progress progress, Cancellation cancellation) {
    return new SupportScoring(request, progress, cancellation).run();
  }

  private Result run() {
    int draw = request.sizes().size() * request.repeats();
    progress.started(TASK,
        (long) draw * request.systems().size() * request.test().size(), "cases");
    List<ScoredCell> cells = new ArrayList<>();
    try {
      // Draw by draw, so that what is there after a stop is a whole curve first.
      for (int repeat = 0; repeat < request.repeats(); repeat++) {
        for (int size : request.sizes()) {
          for (ScoreRequest.Entrant system : request.systems()) {
            cells.addAll(cells(system, size, repeat));
          }
        }
      }
      request.others().forEach(other -> cells.addAll(elsewhere(other)));
    } finally {
      progress.finished(TASK);
    }
    String studied = request.systems().get(0).name();
    if (cells.stream().filter(c -> c.system().equals(studied))
        .allMatch(c -> c.scores().isEmpty())) {
      throw FiduciaException.badInput("nothing could be scored of " + studied, request.folder(),
          problems.stream().filter(p -> p.contains(studied)).findFirst()
              .orElse("no test case was contoured for one of the structures"),
          "fix what is named, then run it again");
    }
    List<String> order = Stream.concat(request.systems().stream().map(ScoreRequest.Entrant::name),
        request.others().stream().map(ScoreRequest.Elsewhere::name)).distinct().toList();
    cells.sort(Comparator.<ScoredCell>comparingInt(c -> order.indexOf(c.system()))
        .thenComparingInt(ScoredCell::size).thenComparingInt(ScoredCell::repeat)
        .thenComparing(ScoredCell::caseId));
    return new Result(cells, List.copyOf(problems));
  }

  /** One test case with its support set, and the hash of everything that decides its scores. */
  private record Target(ScoreCase test, List<ScoreCase> support, String inputs) {}

  private List<ScoredCell> cells(ScoreRequest.Entrant system, int size, int repeat) {
    List<ScoredCell> cells = new ArrayList<>();
    // Targets that share their support set share the adapted system: all of them, unless each is left
    // out of its own.
    Map<List<ScoreCase>, List<Target>> open = new LinkedHashMap<>();
    for (ScoreCase test : request.test()) {
      List<ScoreCase> support = draws.of(repeat, size,
          request.leaveOneOut() ? Optional.of(test.id()) : Optional.empty());
      Target target = new Target(test, support, inputs(system, support, test));
      Optional<ScoredCell> kept = store.read(system.name(), size, repeat + 1, test.id(),
          target.inputs());
      if (kept.isPresent()) {
        cells.add(kept.get());
        advance(system.name(), size, repeat, test.id());
      } else {
        open.computeIfAbsent(support, s -> new ArrayList<>()).add(target);
      }
    }
    open.values().forEach(group -> cells.addAll(compute(system, size, repeat, group)));
    return cells;
  }

  private String inputs(ScoreRequest.Entrant system, List<ScoreCase> support, ScoreCase test) {
    List<String> lines = new ArrayList<>(List.of(system.name(), system.identity(),
        Long.toString(request.seed()), request.budget().toString(),
        String.join("\t", request.structures()),
        StructureScoring.metrics().metrics().toString()));
    support.forEach(c -> lines.add(c.id() + "\t" + c.hash()));
    lines.add("test " + test.id() + "\t" + test.hash());
    return CellStore.hash(lines);
  }

  private List<ScoredCell> compute(ScoreRequest.Entrant system, int size, int repeat,
      List<Target> group) {
    Path work = store.folder(system.name(), size, repeat + 1).resolve("work");
    List<ScoredCell> cells = new ArrayList<>();
    int before = done;
    try (Segmenter adapted = adapt(system, group.get(0).support(), work)) {
      for (Target target : group) {
        cancellation.check("scoring");
        segment(system, size, repeat, adapted, target).ifPresent(cell -> {
          store.write(cell, target.inputs());
          cells.add(cell);
        });
        advance(system.name(), size, repeat, target.test().id());
      }
    } catch (FiduciaException e) {
      if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
        throw e;
      }
      problems.add(system.name() + " with " + size + (size == 1 ? " case" : " cases") + ", draw "
          + (repeat + 1) + ": " + text(e));
      done = before + group.size();
    } finally {
      delete(work);
    }
    return cells;
  }

  private Segmenter adapt(ScoreRequest.Entrant system, List<ScoreCase> support, Path work) {
    Set<String> names = new HashSet<>(request.structures());
    List<ContouredCase> cases = support.stream()
        .<ContouredCase>map(c -> new ChosenStructures(c.contoured(), names)).toList();
    return system.system().adapt(
        new Adaptable.Request(cases, Optional.empty(), request.budget(), request.seed(), work),
        quiet(), cancellation);
  }

  /** The scores of one case; empty if it cannot be read or segmented, which becomes a problem. */
  private Optional<ScoredCell> segment(ScoreRequest.Entrant system, int size, int repeat,
      Segmenter adapted, Target target) {
    ScoreCase test = target.test();
    try {
      long start = System.nanoTime();
      Segmentation found = adapted.segment(test.contoured().images(), quiet(), cancellation);
      double seconds = (System.nanoTime() - start) / 1e9;
      return Optional.of(new ScoredCell(system.name(), size, repeat + 1, test.id(),
          target.support().stream().map(ScoreCase::id).toList(), seconds, StructureScoring
              .score(test.contoured().contours(), found, request.structures())));
    } catch (FiduciaException e) {
      if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
        throw e;
      }
      problems.add(test.id() + ", " + system.name() + ": " + text(e));
      return Optional.empty();
    }
  }

  private List<ScoredCell> elsewhere(ScoreRequest.Elsewhere other) {
    List<ScoredCell> cells = new ArrayList<>();
    for (ScoreCase test : request.test()) {
      cancellation.check("scoring");
      try {
        Segmentation reference = test.contoured().contours();
        cells.add(new ScoredCell(other.name(), other.size(), 1, test.id(), List.of(), Double.NaN,
            StructureScoring.score(reference, PredictedContours.read(other, reference),
                request.structures())));
      } catch (FiduciaException e) {
        if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
          throw e;
        }
        problems.add(test.id() + ", " + other.name() + ": " + text(e));
      }
    }
    return cells;
  }

  private void advance(String system, int size, int repeat, String caseId) {
    done++;
    progress.advanced(TASK, done,
        system + ", n = " + size + ", draw " + (repeat + 1) + ", " + caseId);
  }

  /** Lets warnings through, each once; the bars of single cases would hide the one of the whole. */
  private Progress quiet() {
    return event -> {
      if (event instanceof ProgressEvent.Warning warning && warned.add(warning.text())) {
        progress.warning(warning.text());
      }
    };
  }

  private static String text(FiduciaException e) {
    return e.what() + (e.why().isEmpty() ? "" : ": " + e.why());
  }

  /** Removes what a system prepared: it is made from patients' images. */
  private static void delete(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(folder, e);
    }
  }
}
