package io.fiducia.anatomy.weights;

import io.fiducia.nnunet.dataset.Labels;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares the labels of a model's dataset.json with those that a task expects.
 *
 * <p>The number of labels must be right. Names are weaker evidence: several public models call their
 * structures otherwise in dataset.json than their tool does (MSD's {@code vessel} is TotalSegmentator's
 * {@code liver_vessels}). So names alone refuse a model only if they say that it is another one: if
 * they stand at other labels than expected, or are those of another known network.
 *
 * @param problem why the model is not the expected one; empty if it may be
 * @param remarks what differs although the model may be the expected one
 */
record LabelCheck(Optional<String> problem, List<String> remarks) {

  /** Names by label of a model, background and the ignore label left out. */
  static Map<Integer, String> found(Labels labels) {
    Map<Integer, String> found = new TreeMap<>();
    List<String> names = labels.foregroundNames();
    for (int i = 0; i < names.size(); i++) {
      found.put(labels.hasRegions()
          ? labels.regionsClassOrder().get(i)
          : labels.byName().get(names.get(i)).get(0), names.get(i));
    }
    return found;
  }

  /** The number of labels that have the same name on both sides. */
  static int agreeing(Map<Integer, String> expected, Map<Integer, String> found) {
    return (int) expected.entrySet().stream()
        .filter(e -> !e.getValue().isEmpty() && found.containsKey(e.getKey())
            && key(e.getValue()).equals(key(found.get(e.getKey()))))
        .count();
  }

  /** Compares; both maps hold names by label. */
  static LabelCheck of(TaskNetwork network, Map<Integer, String> found) {
    Map<Integer, String> expected = network.labels();
    int named = (int) expected.values().stream().filter(n -> !n.isEmpty()).count();
    int same = agreeing(expected, found);
    boolean confirmed = 2 * same > named;
    Set<Integer> absent = without(expected.keySet(), found.keySet());
    Set<Integer> added = without(found.keySet(), expected.keySet());
    if (!absent.isEmpty() || !added.isEmpty() && !confirmed) {
      return wrong("its dataset.json has " + count(found.size()) + ", " + network.title()
          + " has " + count(expected.size()) + difference(expected, found), found);
    }
    if (!confirmed && elsewhere(expected, found) > same) {
      return wrong("its dataset.json names other structures than " + network.title()
          + difference(expected, found), found);
    }
    Optional<TaskNetwork> owner = same > 0 ? Optional.empty() : KnownNetworks.all().owner(found);
    if (owner.isPresent()) {
      return wrong("its dataset.json names other structures than " + network.title()
          + difference(expected, found), found);
    }
    if (!added.isEmpty()) {
      return remark("labels " + added + " of dataset.json are in no table and are dropped");
    }
    return same == named
        ? new LabelCheck(Optional.empty(), List.of())
        : remark((named - same) + " of " + named + " structures have other names in dataset.json"
            + difference(expected, found));
  }

  private static LabelCheck wrong(String why, Map<Integer, String> found) {
    return new LabelCheck(Optional.of(why + KnownNetworks.all().owner(found)
        .map(o -> "; the labels are those of " + o.title() + ", dataset " + o.model().dataset())
        .orElse("")), List.of());
  }

  private static LabelCheck remark(String text) {
    return new LabelCheck(Optional.empty(), List.of(text));
  }

  /** The number of expected names that the model has, but at another label. */
  private static int elsewhere(Map<Integer, String> expected, Map<Integer, String> found) {
    Map<String, Integer> places = new TreeMap<>();
    found.forEach((label, name) -> places.put(key(name), label));
    return (int) expected.entrySet().stream().filter(e -> {
      Integer place = places.get(key(e.getValue()));
      return !e.getValue().isEmpty() && place != null && !place.equals(e.getKey());
    }).count();
  }

  /** The first label whose names differ, as the end of a sentence. */
  private static String difference(Map<Integer, String> expected, Map<Integer, String> found) {
    return expected.entrySet().stream()
        .filter(e -> !e.getValue().isEmpty() && found.containsKey(e.getKey())
            && !key(e.getValue()).equals(key(found.get(e.getKey()))))
        .findFirst()
        .map(e -> ": label " + e.getKey() + " is " + found.get(e.getKey()) + ", expected "
            + e.getValue())
        .orElse("");
  }

  private static String count(int labels) {
    return labels == 1 ? "1 structure" : labels + " structures";
  }

  private static Set<Integer> without(Set<Integer> all, Set<Integer> others) {
    Set<Integer> rest = new TreeSet<>(all);
    rest.removeAll(others);
    return rest;
  }

  /** A name without what different writings of it differ in. */
  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
  }
}
