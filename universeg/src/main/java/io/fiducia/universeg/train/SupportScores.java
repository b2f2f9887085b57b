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
import java.util.stream.Stream;

/**
 * How well a network finds structures in patients that it was not trained on, for support sets of
 * several sizes: mean Dice of slices that hold the structure, cut as the fine pass cuts them. Beside it
 * stands what the support's labels alone give: the pixels that more than half of them contain.
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
   * @param vote the same of the support's majority
   * @param slices number of slices
   */
  record OfTask(TaskKey key, boolean heldOut, Map<Integer, Double> dice,
      Map<Integer, Double> vote, int slices) {}

  /** Measures a network on the validation patients of all tasks that have some. */
  static SupportScores of(InContextNetwork network, AnatomyTasks tasks, long seed,
      Progress progress,
      Cancellation cancellation) {
    OverlapMeter meter = new OverlapMeter(network);
    List<OfTask> out = new ArrayList<>();
    List<StructureTask> scored = tasks.all().stream().filter(t -> !t.validation().isEmpty())
        .filter(t -> !t.supportsOf(t.validation().getFirst()).isEmpty()).toList();
    progress.started(TASK, scored.size(), "tasks");
    try {
      for (int t = 0; t < scored.size(); t++) {
        StructureTask task = scored.get(t);
        Map<Integer, Double> dice = new LinkedHashMap<>();
        Map<Integer, Double> vote = new LinkedHashMap<>();
        for (int size : SIZES) {
          cancellation.check("scoring the trained network");
          EpisodeBatch batch = EpisodeBatch.of(episodes(task, t, size, seed));
          dice.put(size, mean(meter.dice(batch)));
          vote.put(size, mean(OverlapMeter.dice(majority(batch), batch)));
        }
        out.add(new OfTask(task.key(), task.heldOut(), dice, vote, SLICES));
        progress.advanced(TASK, t + 1, task.key().toString());
      }
    } finally {
      progress.finished(TASK);
    }
    return new SupportScores(List.copyOf(out));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(d -> d).average().orElseThrow();
  }

  /** Above 0 where more than half of an episode's support labels are 1, as logits are. */
  static float[] majority(EpisodeBatch batch) {
    int plane = batch.pixels() * batch.pixels();
    float[] out = new float[batch.episodes() * plane];
    for (int e = 0; e < batch.episodes(); e++) {
      for (int i = 0; i < plane; i++) {
        float votes = 0;
        for (int s = 0; s < batch.support(); s++) {
          votes += batch.examples()[((e * batch.support() + s) * 2 + 1) * plane + i];
        }
        out[e * plane + i] = votes / batch.support() - 0.5f;
      }
    }
    return out;
  }

  /** Slices to segment, the same for all support sizes. */
  private static List<Episode> episodes(StructureTask task, int number, int support, long seed) {
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
    return of(dataset, heldOut).mapToDouble(t -> t.dice().get(size)).average();
  }

  /** The same of the support's majority. */
  OptionalDouble voteMean(String dataset, boolean heldOut, int size) {
    return of(dataset, heldOut).mapToDouble(t -> t.vote().get(size)).average();
  }

  private Stream<OfTask> of(String dataset, boolean heldOut) {
    return tasks.stream().filter(t -> t.heldOut() == heldOut)
        .filter(t -> dataset.isEmpty() || t.key().dataset().equals(dataset));
  }
}
