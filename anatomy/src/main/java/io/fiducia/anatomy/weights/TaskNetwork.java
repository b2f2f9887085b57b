package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.ModelSource;
import io.fiducia.anatomy.task.Part;
import io.fiducia.anatomy.task.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One network of one task, whose weights are looked for.
 *
 * @param variant name of the task's variant
 */
public record TaskNetwork(AnatomyTask task, String variant, Part part) {

  /** The networks of a task's variant, in the order of its parts. */
  public static List<TaskNetwork> of(AnatomyTask task, String variant) {
    return task.variants().get(variant).parts().stream()
        .map(p -> new TaskNetwork(task, variant, p)).toList();
  }

  /** The networks of all variants of a task. */
  public static List<TaskNetwork> of(AnatomyTask task) {
    List<TaskNetwork> all = new ArrayList<>();
    task.variants().keySet().forEach(v -> all.addAll(of(task, v)));
    return all;
  }

  /** The network of a part, wherever in the task it stands. */
  public static TaskNetwork of(AnatomyTask task, Part part) {
    String variant = task.variants().entrySet().stream()
        .filter(e -> e.getValue().parts().contains(part)).map(Map.Entry::getKey).findFirst()
        .orElse(Variant.DEFAULT);
    return new TaskNetwork(task, variant, part);
  }

  /** Where its weights lie. */
  public ModelSource model() {
    return part.model();
  }

  /**
   * The folder of the dataset's folder below the tool's folder of weights: at CADS the set of weights,
   * at TotalSegmentator empty.
   */
  public String set() {
    int slash = model().folder().lastIndexOf('/');
    return slash < 0 ? "" : model().folder().substring(0, slash);
  }

  /** The tool, the task and the part, for messages: {@code TotalSegmentator task total (fast)}. */
  public String title() {
    return task.tool().displayName() + " task " + task.name() + detail();
  }

  /** The variant and the part where the task has several, for messages; else empty. */
  String detail() {
    boolean single = task.variants().get(variant).parts().size() == 1;
    return (variant.equals(Variant.DEFAULT) ? "" : " (" + variant + ")")
        + (single ? "" : ", part " + part.name());
  }

  /** Voxels in mm (x, y, z) to which the tool resamples for it; empty if nnU-Net alone resamples. */
  List<Double> spacing() {
    return task.variants().get(variant).spacingMm().map(v -> List.of(v.x(), v.y(), v.z()))
        .orElse(List.of());
  }

  /**
   * Names by label of the network, background left out; empty for labels whose name the table does
   * not hold because they are erased from results.
   */
  Map<Integer, String> labels() {
    Map<Integer, String> names = new TreeMap<>();
    task.auxiliary().forEach(label -> names.put(label, ""));
    part.labels().forEach((own, label) -> names.put(own, task.classes().getOrDefault(label, "")));
    return names;
  }
}
