package io.fiducia.universeg.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.universeg.network.NetworkShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a training is validated on: for each dataset, slices of validation patients of the trained
 * structures, and of the held-out ones. The episodes are the same at every validation.
 */
final class ValidationGroups {
  private static final int SUPPORT = 8;
  private static final int AT_ONCE = 4;

  private final Map<String, List<StructureTask>> groups = new LinkedHashMap<>();
  private final long seed;

  ValidationGroups(AnatomyTasks tasks, long seed) {
    this.seed = seed;
    tasks.all().stream().filter(t -> !t.validation().isEmpty())
        .filter(t -> !t.supportsOf(t.validation().getFirst()).isEmpty())
        .forEach(t -> groups.computeIfAbsent(
            t.key().dataset() + (t.heldOut() ? " held out" : ""), g -> new ArrayList<>()).add(t));
  }

  /** Names of the groups. */
  List<String> names() {
    return List.copyOf(groups.keySet());
  }

  /**
   * The batches of a group, together {@code episodes} episodes or a few more.
   *
   * @param group its number
   */
  List<EpisodeBatch> batches(int group, int episodes) {
    List<StructureTask> tasks = List.copyOf(groups.values()).get(group);
    List<EpisodeBatch> out = new ArrayList<>();
    List<Episode> some = new ArrayList<>();
    for (int e = 0; e < episodes; e++) {
      SeededRandom random = SeededRandom.of(seed, "validation", group, e);
      // Steps through the tasks, so that all planes and structures occur.
      StructureTask task = tasks.get((int) ((long) e * tasks.size() / episodes));
      StructureTask.Member query = task.validation()
          .get(Draws.index(random, task.validation().size()));
      some.add(AnatomyEpisodes.validation(random, task, query,
          new EpisodeKind.EpisodeSize(SUPPORT, NetworkShape.SIDE)));
      if (some.size() == AT_ONCE || e == episodes - 1) {
        out.add(EpisodeBatch.of(some));
        some.clear();
      }
    }
    return out;
  }
}
