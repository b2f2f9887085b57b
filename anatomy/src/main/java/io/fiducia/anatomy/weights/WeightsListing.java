package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is on disk for each variant of each task.
 *
 * @param weights where was looked; empty: nowhere, because no folder is known
 */
public record WeightsListing(Optional<WeightsFolder> weights, List<Entry> entries) {

  /** What is on disk for one network, and where its weights come from. */
  public record Row(TaskNetwork network, WeightsStatus status, WeightsOrigin origin) {
    /** Whether the weights can be used. */
    public boolean found() {
      return status instanceof WeightsStatus.Found;
    }
  }

  /**
   * One variant of a task.
   *
   * @param own its networks
   * @param others networks of other tasks that it needs, such as one that finds where to crop
   */
  public record Entry(AnatomyTask task, String variant, List<Row> own, List<Row> others) {
    public Entry {
      own = List.copyOf(own);
      others = List.copyOf(others);
    }

    /** Whether all weights that it needs are there. */
    public boolean runs() {
      return own.stream().allMatch(Row::found) && others.stream().allMatch(Row::found);
    }
  }

  public WeightsListing {
    entries = List.copyOf(entries);
  }

  /** Names a variant of a task. */
  public record Choice(AnatomyTask task, String variant) {}

  /**
   * Looks for the networks of tasks.
   *
   * @param needs all networks that a variant of a task needs, its own ones among them
   */
  public static WeightsListing of(Optional<WeightsFolder> weights, List<AnatomyTask> tasks,
      Function<Choice, List<TaskNetwork>> needs) {
    Map<TaskNetwork, Row> rows = new LinkedHashMap<>();
    Function<TaskNetwork, Row> row = n -> rows.computeIfAbsent(n,
        k -> new Row(k, weights.map(w -> w.status(k)).orElseGet(() -> nowhere(k)),
            WeightsOrigin.of(k)));
    List<Entry> entries = new ArrayList<>();
    for (AnatomyTask task : tasks) {
      // The usual one first.
      for (String variant : task.variants().keySet().stream()
          .sorted(Comparator.comparing(v -> !v.equals(Variant.DEFAULT))).toList()) {
        List<TaskNetwork> own = TaskNetwork.of(task, variant);
        entries.add(new Entry(task, variant, own.stream().map(row).toList(),
            needs.apply(new Choice(task, variant)).stream().filter(n -> !own.contains(n)).distinct()
                .map(row).toList()));
      }
    }
    return new WeightsListing(weights, entries);
  }

  private static WeightsStatus nowhere(TaskNetwork network) {
    return new WeightsStatus.Missing(Path.of(network.model().folder().replace("*", "NAME"),
        network.model().modelName()));
  }

  /** Names of the tasks of which at least one variant can run, in their order. */
  public List<String> runnable() {
    return entries.stream().filter(Entry::runs).map(e -> e.task().name()).distinct().toList();
  }

  /** Number of tasks. */
  public int tasks() {
    return (int) entries.stream().map(e -> e.task().name()).distinct().count();
  }

  /** The rows whose weights are there but cannot be used, each once. */
  public List<Row> wrong() {
    return entries.stream().flatMap(e -> e.own().stream())
        .filter(r -> r.status() instanceof WeightsStatus.Wrong).distinct().toList();
  }
}
