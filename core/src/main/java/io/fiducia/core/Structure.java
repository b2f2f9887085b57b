package io.fiducia.core;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One organ or target, and the values that mark it in a label map. Structures may share values: where
 * 1 marks the tumour and 2 the rest of the target volume, GTV is {1} and CTV is {1, 2}.
 *
 * @param name what people call it; the label's number where nothing is known
 * @param labels the label values whose voxels belong to it, all above 0; empty for a structure that
 *     is known by its name alone, such as one with a file of its own
 * @param region whether nnU-Net treats it as a region, which is declared by a list of labels
 */
public record Structure(String name, List<Integer> labels, boolean region) {
  public Structure {
    labels = List.copyOf(labels);
    if (name.isBlank()) {
      throw new IllegalArgumentException("a structure without a name, labels " + labels);
    }
    if (!region && labels.size() > 1) {
      throw new IllegalArgumentException("several labels for " + name + ", which is no region");
    }
  }

  /** A structure with a name and a label value of its own. */
  public static Structure of(String name, int label) {
    return new Structure(name, List.of(label), false);
  }

  /** A structure that several label values make up. */
  public static Structure region(String name, List<Integer> labels) {
    return new Structure(name, labels, true);
  }

  /** The structure of a label value that has no name. */
  public static Structure ofLabel(int label) {
    return of(Integer.toString(label), label);
  }

  /** A structure that is known by its name alone. */
  public static Structure named(String name) {
    return new Structure(name, List.of(), false);
  }

  /**
   * What nnU-Net's summary.json calls it: the label's number, or {@code (1, 2)} or {@code (2,)} for a
   * region, as Python prints tuples; the name where no label is known.
   */
  public String key() {
    if (region) {
      return labels.stream().map(String::valueOf)
          .collect(Collectors.joining(", ", "(", labels.size() == 1 ? ",)" : ")"));
    }
    return labels.isEmpty() ? name : labels.get(0).toString();
  }
}
