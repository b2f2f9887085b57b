package io.fiducia.promptable.score;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Segmentation;
import io.fiducia.geometry.Geometry;
import io.fiducia.metrics.MetricSet;
import io.fiducia.promptable.cache.ContentHash;
import io.fiducia.promptable.user.HandContours;
import io.fiducia.promptable.user.Interaction;
import io.fiducia.promptable.user.InteractionSeconds;
import io.fiducia.promptable.user.InteractiveSystem;
import io.fiducia.promptable.user.SimulatedUser;
import io.fiducia.promptable.user.UserSettings;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Scores promptable systems against the number of interactions: a simulated user works on each structure of each
 * case with each system, and the result is measured after every interaction.
 */
public final class PromptScoring {
  private static final String TASK = "Score";

  private final Request request;
  private final MetricSet metrics;
  private final Progress progress;
  private final Cancellation cancellation;
  private final List<PromptScore> scores = new ArrayList<>();
  private final Set<String> problems = new LinkedHashSet<>();

  /**
   * What is scored.
   *
   * @param cases with contours; the first channel of their images is shown to the user
   * @param structures to prompt, by name; those that a case does not have, or has empty, are left out there
   * @param systems the first is the one that is studied
   * @param user how the user works
   * @param seconds what the user's interactions cost
   * @param interactions number of interactions, at least 1
   * @param toleranceMm of surface Dice
   * @param kept where finished scores are kept, so that a stopped run goes on where it was
   */
  public record Request(List<ContouredCase> cases, List<String> structures,
      List<InteractiveSystem> systems, UserSettings user, InteractionSeconds seconds,
      int interactions, double toleranceMm, KeptScores kept) {
    public Request {
      cases = List.copyOf(cases);
      structures = List.copyOf(structures);
      systems = List.copyOf(systems);
      if (interactions < 1 || systems.isEmpty()) {
        throw new IllegalArgumentException(
            interactions + " interactions, " + systems.size() + " systems");
      }
    }
  }

  /**
   * What came of it.
   *
   * @param scores by case, structure, system and number of interactions; the results that come besides a
   *     system's (such as interpolation) under their own names; last the user who contours slices by hand
   *     ({@link HandContours})
   * @param problems what could not be scored, each once
   */
  public record Result(List<PromptScore> scores, List<String> problems) {
    public Result {
      scores = List.copyOf(scores);
      problems = List.copyOf(problems);
    }
  }

  private PromptScoring(Request request, Progress progress, Cancellation cancellation) {
    this.request = request;
    this.metrics = MaskScores.metrics(request.toleranceMm());
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Scores all systems.
   *
   * @throws FiduciaException BAD_INPUT if nothing of the first system could be scored; CANCELLED on request.
   *     BAD_INPUT from a system or a case becomes a problem, and the work goes on with the next
   */
  public static Result run(Request request, Progress progress, Cancellation cancellation) {
    return new PromptScoring(request, progress, cancellation).run();
  }

  private Result run() {
    progress.started(TASK, request.cases().size(), "cases");
    try {
      int done = 0;
      for (ContouredCase c : request.cases()) {
        cancellation.check("scoring");
        try {
          score(c);
        } catch (FiduciaException e) {
          problem(e, c.id());
        }
        progress.advanced(TASK, ++done, c.id());
      }
    } finally {
      progress.finished(TASK);
    }
    String studied = request.systems().getFirst().name();
    if (scores.stream().noneMatch(s -> s.system().equals(studied))) {
      throw FiduciaException.badInput("nothing could be scored of " + studied, "cases",
          problems.stream().findFirst().orElse("no case has one of the structures"),
          "fix what is named, then run it again");
    }
    return new Result(scores, List.copyOf(problems));
  }

  /** Notes what went wrong if the input is at fault; throws everything else. */
  private void problem(FiduciaException e, String where) {
    if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
      throw e;
    }
    problems.add(where + ": " + e.what() + (e.why().isEmpty() ? "" : ": " + e.why()));
  }

  private void score(ContouredCase c) {
    FloatVolume image = c.images().channels().getFirst();
    Segmentation contours = c.contours();
    if (!contours.geometry().sameGrid(image.geometry())) {
      throw FiduciaException.badInput("the contours lie on another grid than the image", c.id(),
          "image " + image.geometry() + ", contours " + contours.geometry(),
          "contour this image");
    }
    List<String> known = contours.structures().names();
    for (String structure : request.structures()) {
      if (!known.contains(structure)) {
        continue;
      }
      boolean[] reference = contours.mask(structure);
      if (isEmpty(reference)) {
        continue;
      }
      for (InteractiveSystem system : request.systems()) {
        cancellation.check("scoring");
        try {
          score(new Target(c.id(), structure, image, reference), system);
        } catch (FiduciaException e) {
          problem(e, c.id() + ", " + structure + ", " + system.name());
        }
      }
      contour(new Target(c.id(), structure, image, reference));
    }
  }

  private static boolean isEmpty(boolean[] mask) {
    for (boolean in : mask) {
      if (in) {
        return false;
      }
    }
    return true;
  }

  /** A structure of a case. */
  private record Target(String caseId, String structure, FloatVolume image, boolean[] reference) {
    Geometry grid() {
      return image.geometry();
    }
  }

  private void score(Target target, InteractiveSystem system) {
    KeptScores.Key key = new KeptScores.Key(target.caseId(), target.structure(), List.of(
        system.identity(), request.user().toString(), request.seconds().toString(),
        request.interactions() + " interactions, " + request.toleranceMm() + " mm",
        ContentHash.of(target.image()), ContentHash.of(target.grid(), target.reference())));
    Optional<List<PromptScore>> kept = request.kept().find(key);
    if (kept.isEmpty()) {
      List<PromptScore> rows = compute(target, system);
      request.kept().put(key, rows);
      kept = Optional.of(rows);
    }
    scores.addAll(kept.get());
  }

  private List<PromptScore> compute(Target target, InteractiveSystem system) {
    SimulatedUser user = new SimulatedUser(target.reference(), target.grid(), target.caseId(),
        request.user(), request.seconds());
    boolean[] found = new boolean[target.reference().length];
    Map<String, Map<String, Double>> latest = new LinkedHashMap<>();
    double seconds = 0;
    // Rows only when all is done: a system that fails half way must not look like one that stopped.
    List<PromptScore> rows = new ArrayList<>();
    try (InteractiveSystem.Work work = system.start(target.image(), target.structure())) {
      for (int n = 1; n <= request.interactions(); n++) {
        cancellation.check("scoring");
        Optional<Interaction> interaction = user.next(found);
        // Without an error left the user stops; the scores stay for larger numbers of interactions.
        if (interaction.isPresent()) {
          found = work.give(interaction.get().prompt());
          seconds += interaction.get().seconds();
          latest.put(system.name(), measured(target, found));
          work.besides().forEach((name, mask) -> latest.put(name, measured(target, mask)));
        }
        for (Map.Entry<String, Map<String, Double>> e : latest.entrySet()) {
          rows.add(new PromptScore(e.getKey(), target.caseId(), target.structure(), n, seconds,
              e.getValue()));
        }
      }
    }
    return rows;
  }

  /** The user without a model, for whom an interaction is a contoured slice. */
  private void contour(Target target) {
    HandContours hand = new HandContours(target.reference(),
        SliceAxes.of(target.grid(), request.user().plane()), target.caseId());
    for (int n = 1; n <= request.interactions(); n++) {
      cancellation.check("scoring");
      scores.add(new PromptScore(HandContours.NAME, target.caseId(), target.structure(), n,
          Math.min(n, hand.slices()) * request.seconds().contour(),
          measured(target, hand.after(n))));
    }
  }

  private Map<String, Double> measured(Target target, boolean[] mask) {
    return MaskScores.of(target.grid(), target.reference(), mask, metrics);
  }
}
