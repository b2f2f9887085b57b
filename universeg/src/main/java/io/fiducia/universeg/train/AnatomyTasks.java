package io.fiducia.universeg.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import io.fiducia.base.Suggestions;
import io.fiducia.learn.augment.Draws;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All tasks of a training. A task to train on is drawn in three steps, each with equal chances: dataset,
 * plane, structure. So a dataset with many structures or patients does not dominate.
 */
final class AnatomyTasks {
  private final List<StructureTask> all;
  /** Tasks to train on, by dataset, then plane. */
  private final List<List<List<StructureTask>>> trained;

  /** Tasks that were made already; see {@link AnatomyTasksReader}. */
  AnatomyTasks(List<StructureTask> tasks) {
    this.all = List.copyOf(tasks);
    Map<String, Map<String, List<StructureTask>>> grouped = new LinkedHashMap<>();
    all.stream().filter(t -> !t.heldOut() && !t.training().isEmpty()).forEach(
        t -> grouped.computeIfAbsent(t.key().dataset(), d -> new LinkedHashMap<>())
            .computeIfAbsent(t.key().plane().word(), p -> new ArrayList<>()).add(t));
    this.trained = grouped.values().stream().<List<List<StructureTask>>>map(
        planes -> List.copyOf(planes.values())).toList();
    if (trained.isEmpty()) {
      throw FiduciaException.badInput("no task to train on",
          all.stream().map(t -> t.key().dataset()).distinct().collect(Collectors.joining(", ")),
          all.isEmpty() ? "no case holds a structure" : "every structure is held out",
          "give datasets with contours, and hold out fewer structures");
    }
  }

  /** All tasks, held-out ones among them. */
  List<StructureTask> all() {
    return all;
  }

  /** The tasks that a draw may return. */
  List<StructureTask> trained() {
    return trained.stream().flatMap(List::stream).flatMap(List::stream).toList();
  }

  /** Draws a task to train on. */
  StructureTask draw(SeededRandom random) {
    List<List<StructureTask>> planes = trained.get(Draws.index(random, trained.size()));
    List<StructureTask> tasks = planes.get(Draws.index(random, planes.size()));
    return tasks.get(Draws.index(random, tasks.size()));
  }

  /**
   * Checks that datasets have different names and that held-out structures exist.
   *
   * @param structures names of all structures of all datasets
   * @throws FiduciaException BAD_INPUT naming what is wrong
   */
  static void check(List<InContextDataset> datasets, Set<String> structures, List<String> heldOut) {
    Set<String> names = new TreeSet<>();
    for (InContextDataset dataset : datasets) {
      if (!names.add(dataset.name())) {
        throw FiduciaException.badInput("two datasets have one name", dataset.name(),
            "tasks are named by dataset, structure and plane",
            "rename one of the folders, or give it once");
      }
    }
    for (String name : heldOut) {
      if (!structures.contains(name)) {
        Optional<String> meant = Suggestions.nearest(name, structures);
        throw FiduciaException.badInput("no dataset has the structure to hold out", name,
            "there are " + String.join(", ", new TreeSet<>(structures)),
            meant.map(m -> "did you mean " + m + "?").orElse("name one of these"));
      }
    }
  }
}
