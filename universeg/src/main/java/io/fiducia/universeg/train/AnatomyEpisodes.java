package io.fiducia.universeg.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.learn.picture.Crop;
import io.fiducia.learn.picture.Distortion;
import io.fiducia.learn.picture.ExampleCutter;
import io.fiducia.learn.picture.Picture;
import io.fiducia.learn.picture.Shading;
import io.fiducia.universeg.train.StructureTask.Member;
import java.util.ArrayList;
import java.util.List;

/**
 * Episodes of real and phantom anatomy: a slice of one patient, supported by slices of other patients
 * at about the same level. They are cut as {@code universeg.segment} cuts them: the side is a multiple of
 * the structure's largest extent in the supports, which show the structure in the middle; in the query it
 * lies up to 15 % of the side off, and the level is known with an error.
 */
final class AnatomyEpisodes implements EpisodeKind {
  /** Share of queries from beyond the structure's ends, where the right label is empty. */
  static final double BEYOND = 0.15;
  private static final double CLOSEST = 1.15;
  private static final double WIDEST = 2.2;
  /** From this side on, a slice counts as one of the coarse pass, whose centre is less certain. */
  private static final double COARSE = 1.6;
  private static final double LEVEL_ERROR = 0.05;
  /** How often a few patients give several levels each, although there are more patients. */
  private static final double FEW_PATIENTS = 0.2;

  /** What examples of a task share: the table of the UniverSeg training. */
  static final Distortion.Range TASK = new Distortion.Range(true, 0.5, Math.PI, 0.8, 1.1, 0.05,
      0.25,
      0.008, 0.016);
  /** What each example has of its own; milder in rotation, since patients lie alike. */
  static final Distortion.Range OWN = new Distortion.Range(false, 0.5, Math.toRadians(12), 0.88,
      1.12, 0.03, 0.6, 0.008, 0.022);

  private final AnatomyTasks tasks;

  AnatomyEpisodes(AnatomyTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public Episode draw(SeededRandom random, EpisodeSize size) {
    StructureTask task = tasks.draw(random);
    Member query = task.training().get(Draws.index(random, task.training().size()));
    List<Member> others = task.training().stream().filter(m -> m.patient() != query.patient())
        .toList();
    Plan plan = plan(random, query, others, size.support(), true);
    Shared shared = new Shared(Distortion.draw(random, TASK), Shading.ofTask(random), true);
    return cut(random, task, plan, shared, size.pixels());
  }

  /**
   * An episode to validate: of a validation patient, as the fine pass would cut it, unchanged. The query
   * holds the structure.
   */
  static Episode validation(SeededRandom random, StructureTask task, Member query,
      EpisodeSize size) {
    Plan plan = plan(random, query, task.supportsOf(query), size.support(), false);
    return cut(random, task, plan, new Shared(Distortion.NONE, Shading.NONE, false), size.pixels());
  }

  /** What all examples of an episode share, and whether they are changed on their own too. */
  private record Shared(Distortion distortion, Shading shading, boolean augmented) {}

  /** A slice of a patient. */
  record Chosen(Member member, int slice) {}

  /** Which slices an episode consists of. */
  record Plan(Chosen query, List<Chosen> support, boolean augmented) {}

  /** Chooses slices; others may be empty, then other slices of the query's own patient give support. */
  static Plan plan(SeededRandom random, Member query, List<Member> others, int support,
      boolean training) {
    int slice = training && Draws.happens(random, BEYOND)
        ? beyond(random, query)
        : within(random, query);
    double level = query.stack().level(slice);
    // The segmenter knows the level of its target with an error, which is the same for all supports.
    double about = level + Draws.uniform(random, -2 * LEVEL_ERROR, 2 * LEVEL_ERROR);
    if (!training) {
      about = level;
    }
    return new Plan(new Chosen(query, slice), others.isEmpty()
        ? ofSamePatient(random, query, slice, support)
        : ofOthers(random, others, about, support, training), training);
  }

  private static int within(SeededRandom random, Member member) {
    int n = member.stack().size();
    List<Integer> filled = new ArrayList<>();
    for (int s = 0; s < n; s++) {
      double level = member.stack().level(s);
      if (level >= 0 && level <= 1 && !isEmpty(member.stack().label(s))) {
        filled.add(s);
      }
    }
    return filled.isEmpty() ? n / 2 : filled.get(Draws.index(random, filled.size()));
  }

  private static int beyond(SeededRandom random, Member member) {
    int n = member.stack().size();
    List<Integer> outside = new ArrayList<>();
    for (int s = 0; s < n; s++) {
      if (member.stack().level(s) < 0 || member.stack().level(s) > 1) {
        outside.add(s);
      }
    }
    return outside.isEmpty() ? n - 1 : outside.get(Draws.index(random, outside.size()));
  }

  private static boolean isEmpty(float[] label) {
    for (float v : label) {
      if (v > 0) {
        return false;
      }
    }
    return true;
  }

  private static List<Chosen> ofSamePatient(SeededRandom random, Member query, int slice,
      int support) {
    List<Chosen> out = new ArrayList<>();
    int n = query.stack().size();
    for (int i = 0; i < support; i++) {
      int other = within(random, query);
      out.add(new Chosen(query, n == 1 || other != slice ? other : (slice + 1) % n));
    }
    return out;
  }

  private static List<Chosen> ofOthers(SeededRandom random, List<Member> others, double about,
      int support, boolean training) {
    int most = Math.min(support, others.size());
    int patients = training && most > 1 && Draws.happens(random, FEW_PATIENTS)
        ? Draws.between(random, 1, most)
        : most;
    List<Member> left = new ArrayList<>(others);
    List<Member> used = new ArrayList<>();
    while (used.size() < patients) {
      used.add(left.remove(Draws.index(random, left.size())));
    }
    List<Chosen> out = new ArrayList<>();
    for (int i = 0; i < support; i++) {
      Member member = used.get(i % patients);
      // The nearest slice first, then its neighbours on both sides.
      int round = i / patients;
      int neighbour = round % 2 == 0 ? round / 2 : -(round + 1) / 2;
      double level = Math.clamp(about + Draws.uniform(random, -LEVEL_ERROR, LEVEL_ERROR), 0, 1);
      int nearest = member.stack().nearest(level);
      out.add(new Chosen(member, Math.clamp(nearest + neighbour, 0, member.stack().size() - 1)));
    }
    return out;
  }

  private static Episode cut(SeededRandom random, StructureTask task, Plan plan, Shared shared,
      int pixels) {
    double extent = plan.support().stream().mapToDouble(c -> c.member().stack().widestMm()).max()
        .orElseThrow();
    double times = shared.augmented()
        ? Math.exp(Draws.uniform(random, Math.log(CLOSEST), Math.log(WIDEST)))
        : 1.35;
    double sideMm = times * extent;
    double error = !shared.augmented() ? 0.03 : times > COARSE ? 0.15 : 0.07;
    Picture query = example(random, task, plan.query(), sideMm, error, shared, pixels);
    List<Picture> support = new ArrayList<>();
    for (Chosen chosen : plan.support()) {
      support.add(example(random, task, chosen, sideMm, shared.augmented() ? 0.02 : 0, shared,
          pixels));
    }
    return new Episode(query, support);
  }

  private static Picture example(SeededRandom random, StructureTask task, Chosen chosen,
      double sideMm, double error, Shared shared, int pixels) {
    Member member = chosen.member();
    double side = Math.min(1, sideMm / member.stack().view().sideMm());
    Crop crop = new Crop(0.5, 0.5, side).moved(Draws.uniform(random, -error, error),
        Draws.uniform(random, -error, error));
    Distortion own = shared.augmented() ? Distortion.draw(random, OWN) : Distortion.NONE;
    Picture out = ExampleCutter.cut(member.picture(chosen.slice(), task.scale()), crop,
        shared.distortion(), own, pixels);
    if (shared.augmented()) {
      Shading.apply(out.image(), pixels, shared.shading(), Shading.ofExample(random), random);
    }
    return out;
  }
}
