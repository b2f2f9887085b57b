package io.fiducia.universeg.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.base.SeededRandom;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How well a network finds structures in patients that it was not trained on, for support sets of
 * several sizes: mean Dice of slices that hold the structure, cut as the fine pass cuts them.
 *
 * @param tasks the result of each task
 */
record SupportScores(List<OfTask> tasks) {
  /** Sizes of support sets. */
  static final List<Integer> SIZES = List.of(1, 2, 4, 8, 16);
  private static final int SLICES = 4;
  private static final String TASK = "Score tasks";

  /**
   * The result of one task.
   *
   * @param dice mean Dice by support size
   * @param slices number of slices
   */
  record OfTask(TaskKey key, boolean heldOut, Map<Integer, Double> dice, int slices) {}

  /** Measures a network on the validation patients of all tasks that have some. */
  static SupportScores of(InContextNetwork network, AnatomyTasks tasks, long seed,
      Progress progress,
      Cancellation cancellation) {
    OverlapMeter meter = new OverlapMeter(network);
    List<OfTask> out = new ArrayList<>();
    List<AnatomyTask> scored = tasks.all().stream().filter(t -> !t.validation().isEmpty())
        .filter(t -> !t.supportsOf(t.validation().getFirst()).isEmpty()).toList();
    progress.started(TASK, scored.size(), "tasks");
    try {
      for (int t = 0; t < scored.size(); t++) {
        AnatomyTask task = scored.get(t);
        Map<Integer, Double> dice = new LinkedHashMap<>();
        for (int size : SIZES) {
          cancellation.check("scoring the trained network");
          dice.put(size, meter.dice(EpisodeBatch.of(episodes(task, t, size, seed))).stream()
              .mapToDouble(d -> d).average().orElseThrow());
        }
        out.add(new OfTask(task.key(), task.heldOut(), dice, SLICES));
        progress.advanced(TASK, t + 1, task.key().toString());
      }
    } finally {
      progress.finished(TASK);
    }
    return new SupportScores(List.copyOf(out));
  }

  /** Slices to segment, the same for all support sizes. */
  private static List<Episode> episodes(AnatomyTask task, int number, int support, long seed) {
    List<Episode> out = new ArrayList<>();
    for (int i = 0; i < SLICES; i++) {
      SeededRandom random = SeededRandom.of(seed, "scores", number, i);
      out.add(AnatomyEpisodes.validation(random, task,
          task.validation().get(i % task.validation().size()),
          new EpisodeKind.EpisodeSize(support, NetworkShape.SIDE)));
    }
    return out;
  }

  /** The mean over the held-out or the trained tasks, of a dataset or of all (empty name). */
  OptionalDouble mean(String dataset, boolean heldOut, int size) {
    return tasks.stream().filter(t -> t.heldOut() == heldOut)
        .filter(t -> dataset.isEmpty() || t.key().dataset().equals(dataset))
        .mapToDouble(t -> t.dice().get(size)).average();
  }
}
