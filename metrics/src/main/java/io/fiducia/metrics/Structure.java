package io.fiducia.metrics;

import java.util.List;

/**
 * One structure to score: a label, or a region that unites several.
 *
 * @param key how summary.json names it: the label number, or {@code (1, 2)} or {@code (2,)}
 *     for a region, as Python prints tuples
 * @param name what people call it; the key where nothing is known
 * @param labels the label values that make it up
 */
public record Structure(String key, String name, List<Integer> labels) {
  public Structure {
    labels = List.copyOf(labels);
  }

  /** The structure of a single label that has no name. */
  public static Structure ofLabel(int label) {
    return new Structure(Integer.toString(label), Integer.toString(label), List.of(label));
  }
}
