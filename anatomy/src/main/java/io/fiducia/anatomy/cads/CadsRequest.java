package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsLicence;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.Part;
import io.fiducia.anatomy.task.Variant;
import io.fiducia.anatomy.weights.TaskNetwork;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Suggestions;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What CADS is asked for. Start from {@link #of} and change what differs.
 *
 * @param asked numbers of the tasks that were asked for, ascending
 * @param licence which set of weights: {@code reference}, {@code research} or {@code open}
 * @param naming the name of a structure in results, from CADS's own; empty: it is left out
 */
public record CadsRequest(CadsTasks table, List<String> asked, String licence, Steps steps,
    Function<String, Optional<String>> naming) {
  /** The word for the tasks 551 to 559. */
  public static final String ALL = "all";

  /**
   * Which steps are done and how.
   *
   * @param preprocessing whether images are brought to CADS's grid; without it they must have been
   * @param postprocessing whether small components and what lies outside the head are erased
   * @param strict whether nothing may be done that could change a voxel against CADS
   */
  public record Steps(boolean preprocessing, boolean postprocessing, boolean strict) {
    /** All steps, with what is known to be better than CADS's own. */
    public static final Steps ALL = new Steps(true, true, false);
  }

  public CadsRequest {
    asked = List.copyOf(asked);
  }

  /**
   * A request for tasks with the reference weights.
   *
   * @param names numbers of tasks, or {@link #ALL}
   * @throws FiduciaException USAGE if there is no such task
   */
  public static CadsRequest of(CadsTasks table, Collection<String> names) {
    TreeSet<String> numbers = new TreeSet<>();
    for (String name : names) {
      if (name.equals(ALL)) {
        table.all().stream().map(AnatomyTask::name).filter(n -> !table.details(n).region())
            .forEach(numbers::add);
      } else {
        numbers.add(table.find(name).orElseThrow(() -> unknown(table, name)).name());
      }
    }
    if (numbers.isEmpty()) {
      throw FiduciaException.usage("no task", "nothing says what to contour",
          "name a task, or " + ALL);
    }
    return new CadsRequest(table, List.copyOf(numbers), CadsTasks.REFERENCE, Steps.ALL,
        Optional::of);
  }

  private static FiduciaException unknown(CadsTasks table, String name) {
    List<String> having = table.all().stream()
        .filter(t -> t.names().stream().anyMatch(n -> n.equalsIgnoreCase(name)))
        .map(AnatomyTask::name).toList();
    List<String> known = Stream.concat(Stream.of(ALL),
        table.all().stream().map(AnatomyTask::name)).toList();
    return FiduciaException.usage("CADS has no task " + name, having.isEmpty()
        ? "known: " + String.join(", ", known)
        : "it is a structure",
        having.isEmpty()
            ? Suggestions.nearest(name, known).map(n -> "did you mean " + n + "?").orElse("")
            : "it belongs to task " + String.join(" and to task ", having));
  }

  /**
   * The same with another set of weights.
   *
   * @throws FiduciaException USAGE if CADS publishes no such set
   */
  public CadsRequest withLicence(String name) {
    List<String> known = table.licences().stream().map(CadsLicence::name)
        .filter(n -> !n.equals(CadsTasks.REGION)).toList();
    if (!known.contains(name)) {
      throw FiduciaException.usage("unknown set of weights " + name,
          "CADS publishes " + String.join(", ", known), "choose one of these");
    }
    return new CadsRequest(table, asked, name, steps, naming);
  }

  /** The same with other steps. */
  public CadsRequest with(Steps other) {
    return new CadsRequest(table, asked, licence, other, naming);
  }

  /** The same with other names of structures. */
  public CadsRequest named(Function<String, Optional<String>> other) {
    return new CadsRequest(table, asked, licence, steps, other);
  }

  /** The tasks that run: those that were asked for and those that they need, ascending. */
  public List<AnatomyTask> tasks() {
    TreeSet<String> numbers = new TreeSet<>(asked);
    asked.forEach(n -> numbers.addAll(table.details(n).needs()));
    return numbers.stream().map(n -> table.find(n).orElseThrow()).toList();
  }

  /**
   * The model folder of each task that runs, by its name.
   *
   * @throws FiduciaException BAD_INPUT if weights are missing or are not those of a task
   */
  public Map<String, Path> folders(WeightsFolder weights) {
    Map<String, Path> folders = new LinkedHashMap<>();
    weights.require(tasks().stream().map(t -> TaskNetwork.of(t, part(t))).toList(),
        String.join(", ", asked)).forEach((n, path) -> folders.put(n.task().name(), path));
    return folders;
  }

  /** CADS's names of the structures of the tasks that run, by their number in the combined map. */
  public Map<Integer, String> structures() {
    Map<Integer, String> all = new TreeMap<>();
    tasks().forEach(t -> table.details(t.name()).combinedLabels()
        .forEach((own, number) -> all.put(number, t.classes().get(own))));
    return all;
  }

  /** The variant of a task that runs. */
  public Variant variant(AnatomyTask task) {
    return table.variant(task, licence);
  }

  /** The network of a task that runs. */
  Part part(AnatomyTask task) {
    return variant(task).parts().get(0);
  }

  /** Whether a later task looks at the result of this one. */
  boolean isNeededLater(AnatomyTask task) {
    return tasks().stream().anyMatch(t -> table.details(t.name()).needs().contains(task.name()));
  }

  /** Names in results of a task's structures, by label; those that are left out are not there. */
  Map<Integer, String> names(AnatomyTask task) {
    Map<Integer, String> names = new LinkedHashMap<>();
    task.classes().forEach(
        (label, own) -> naming.apply(own).ifPresent(name -> names.put(label, name)));
    return names;
  }

  /** CADS's names of the structures that are left out. */
  List<String> leftOut() {
    return structures().values().stream().filter(own -> naming.apply(own).isEmpty()).toList();
  }
}
