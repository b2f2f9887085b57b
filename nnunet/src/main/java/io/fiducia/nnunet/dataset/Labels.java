package io.fiducia.nnunet.dataset;

import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the labels of a dataset mean for a network.
 *
 * @param byName every declared label, in the order of dataset.json: one value, or several for a region
 * @param lists names of the labels whose values dataset.json gives as a list, even of one value
 * @param regionsClassOrder the value that each region is written as; empty without regions
 * @param ignore the value that marks voxels without annotation
 */
public record Labels(Map<String, List<Integer>> byName, Set<String> lists,
    List<Integer> regionsClassOrder, OptionalInt ignore) {
  public Labels {
    Map<String, List<Integer>> copy = new LinkedHashMap<>();
    byName.forEach((k, v) -> copy.put(k, List.copyOf(v)));
    byName = java.util.Collections.unmodifiableMap(copy);
    lists = Set.copyOf(lists);
    regionsClassOrder = List.copyOf(regionsClassOrder);
  }

  /** Labels of which those with several values are lists. */
  public Labels(Map<String, List<Integer>> byName, List<Integer> regionsClassOrder,
      OptionalInt ignore) {
    this(byName, byName.entrySet().stream().filter(e -> e.getValue().size() > 1)
        .map(Map.Entry::getKey).collect(Collectors.toSet()), regionsClassOrder, ignore);
  }

  /** Whether structures are regions, each with an output of its own. */
  public boolean hasRegions() {
    return byName.values().stream().anyMatch(v -> v.size() > 1);
  }

  /** Names of the foreground structures in declared order, without background and ignore. */
  public List<String> foregroundNames() {
    return byName.entrySet().stream()
        .filter(e -> !e.getValue().equals(List.of(0)) && !isIgnore(e.getKey()))
        .map(Map.Entry::getKey).toList();
  }

  /**
   * The foreground structures. As at nnU-Net, and in {@link
   * io.fiducia.metrics.DeclaredLabels#structures}, a list of one label is a region only where another
   * list has several.
   */
  public StructureSet structures() {
    return new StructureSet(foregroundNames().stream()
        .map(n -> new Structure(n, byName.get(n), hasRegions() && lists.contains(n))).toList());
  }

  /** All label values without the ignore value, ascending. */
  public List<Integer> values() {
    TreeSet<Integer> values = new TreeSet<>();
    byName.forEach((name, v) -> {
      if (!isIgnore(name)) {
        values.addAll(v);
      }
    });
    return new ArrayList<>(values);
  }

  /** Label values of the foreground, ascending; the ignore value is none of them. */
  public List<Integer> foregroundValues() {
    return values().stream().filter(v -> v != 0).toList();
  }

  /** Number of network outputs: labels with background, or regions. The ignore label has none. */
  public int outputs() {
    return hasRegions() ? foregroundNames().size() : values().size();
  }

  /** Label value of each network output (without regions), or of each region. */
  public int[] outputLabels() {
    return (hasRegions() ? regionsClassOrder : values()).stream().mapToInt(Integer::intValue)
        .toArray();
  }

  /** The labels of each region, in the order of the network's outputs; empty without regions. */
  public List<List<Integer>> regions() {
    return hasRegions() ? foregroundNames().stream().map(byName::get).toList() : List.of();
  }

  /**
   * The regions that cannot be read back from a label map: as at nnU-Net, regions are written one over
   * the other in their order, each as its label. Empty without regions.
   */
  List<String> lostRegions() {
    List<List<Integer>> regions = regions();
    if (regions.size() != regionsClassOrder.size()) {
      return List.of();
    }
    List<String> lost = new ArrayList<>();
    for (int r = 0; r < regions.size(); r++) {
      List<Integer> region = regions.get(r);
      boolean whole = foregroundValues().stream()
          .allMatch(v -> region.contains(v) == region.contains(writtenAs(v, regions)));
      if (!whole) {
        lost.add(foregroundNames().get(r));
      }
    }
    return lost;
  }

  /** What a voxel of this label becomes: the label of the last region that holds it. */
  private int writtenAs(int value, List<List<Integer>> regions) {
    int written = 0;
    for (int r = 0; r < regions.size(); r++) {
      written = regions.get(r).contains(value) ? regionsClassOrder.get(r) : written;
    }
    return written;
  }

  /**
   * The number of a foreground structure among the classes: its label, or with regions its position
   * counted from 1; empty if there is no such structure.
   */
  public OptionalInt classNumber(String name) {
    int position = foregroundNames().indexOf(name);
    return position < 0
        ? OptionalInt.empty()
        : OptionalInt.of(hasRegions() ? position + 1 : byName.get(name).get(0));
  }

  private boolean isIgnore(String name) {
    return name.equals("ignore");
  }
}
