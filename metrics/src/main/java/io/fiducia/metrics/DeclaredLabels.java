package io.fiducia.metrics;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The {@code labels} of nnU-Net's dataset.json: {@code {"background": 0, "Bladder": 1, "CTV": [2, 3],
 * "ignore": 4}}. Also read is the form of the Medical Segmentation Decathlon, which is the other way
 * round: {@code {"0": "background", "1": "Bladder"}}.
 *
 * @param entries every declared label in the order of the file, background and ignore included
 * @param reversed whether the file has the Decathlon's form
 */
public record DeclaredLabels(List<Entry> entries, boolean reversed) {
  /** nnU-Net's name of label 0. */
  public static final String BACKGROUND = "background";
  /** nnU-Net's name of the label that marks voxels without annotation. */
  public static final String IGNORE = "ignore";
  private static final String KEY = "labels";
  private static final String EXAMPLE = "an object such as {\"background\": 0, \"Bladder\": 1}";

  /**
   * One declared label.
   *
   * @param name not blank
   * @param values its label values, at least one; several make a region
   * @param list whether the file gives them as a list
   */
  public record Entry(String name, List<Integer> values, boolean list) {
    public Entry {
      values = List.copyOf(values);
    }
  }

  public DeclaredLabels {
    entries = List.copyOf(entries);
  }

  /**
   * Reads the labels.
   *
   * @param file where they stand, for messages
   * @param labels the value of the key {@code labels}; may be missing
   * @throws FiduciaException BAD_INPUT naming the file, the key and what was found there: no object, a
   *     name that is blank, a value that is no whole number from 0 to 32767, a list without labels, or
   *     several values of the ignore label
   */
  public static DeclaredLabels of(Object file, JsonNode labels) {
    if (labels == null || !labels.isObject()) {
      throw wrong(file, KEY, EXAMPLE, labels);
    }
    boolean reversed = isReversed(labels);
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Map.Entry<String, JsonNode> e : labels.properties()) {
      Entry entry = reversed ? reversed(file, e) : entry(file, e);
      if (entry.name().isBlank()) {
        throw wrong(file, KEY, "a name for each structure", labels);
      }
      if (!names.add(entry.name())) {
        throw wrong(file, KEY, "each name once", labels);
      }
      entries.add(entry);
    }
    return new DeclaredLabels(entries, reversed);
  }

  /** Numbers as keys and texts as values, of which not all are numbers. */
  private static boolean isReversed(JsonNode labels) {
    return !labels.isEmpty()
        && labels.properties().stream()
            .allMatch(e -> isNumber(e.getKey()) && e.getValue().isString())
        && !labels.valueStream().allMatch(v -> isNumber(v.asString()));
  }

  private static boolean isNumber(String text) {
    return text.length() <= 5 && !text.isEmpty()
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Entry reversed(Object file, Map.Entry<String, JsonNode> e) {
    int value = inRange(file, KEY + "." + e.getKey(), Integer.parseInt(e.getKey()),
        e.getValue());
    return new Entry(value == 0 ? BACKGROUND : e.getValue().asString(), List.of(value), false);
  }

  private static Entry entry(Object file, Map.Entry<String, JsonNode> e) {
    String name = e.getKey();
    JsonNode value = e.getValue();
    if (!value.isArray()) {
      return new Entry(name, List.of(value(file, KEY + "." + name, value)), false);
    }
    List<Integer> values = new ArrayList<>();
    value.forEach(v -> values.add(value(file, KEY + "." + name, v)));
    if (values.isEmpty() || name.equals(IGNORE) && values.size() > 1) {
      throw wrong(file, KEY + "." + name, name.equals(IGNORE)
          ? "a whole number"
          : "a whole number or a list of them", value);
    }
    return new Entry(name, values, true);
  }

  /**
   * A label value. Some converters write numbers as text.
   *
   * @param key where it stands in the file, for messages
   * @throws FiduciaException BAD_INPUT if it is no whole number from 0 to 32767
   */
  public static int value(Object file, String key, JsonNode v) {
    if (v.isIntegralNumber() && v.canConvertToInt()) {
      return inRange(file, key, v.intValue(), v);
    }
    return inRange(file, key,
        v.isString() && isNumber(v.asString()) ? Integer.parseInt(v.asString()) : -1, v);
  }

  private static int inRange(Object file, String key, int value, JsonNode found) {
    if (value < 0 || value > Short.MAX_VALUE) {
      throw wrong(file, key, "a whole number from 0 to " + Short.MAX_VALUE, found);
    }
    return value;
  }

  /** Whether structures are regions: some structure has several values. */
  public boolean hasRegions() {
    return entries.stream().anyMatch(e -> e.values().size() > 1);
  }

  /** The value that marks voxels without annotation, if it is declared. */
  public OptionalInt ignore() {
    return entries.stream().filter(e -> e.name().equals(IGNORE))
        .mapToInt(e -> e.values().get(0)).findFirst();
  }

  /**
   * The foreground structures, without background and ignore. As at nnU-Net, a list of one label is a
   * region only where another list has several.
   */
  public List<Structure> structures() {
    boolean regions = hasRegions();
    return entries.stream()
        .filter(e -> !e.name().equals(BACKGROUND) && !e.name().equals(IGNORE))
        .map(e -> new Structure(e.name(), e.values(), regions && e.list())).toList();
  }

  /** What the user should know of the labels although they can be used; mostly nothing. */
  public List<String> warnings(Object file) {
    return reversed
        ? List.of(file + ": labels are written as the Medical Segmentation Decathlon writes them"
            + " ({\"1\": \"name\"}); they are read as nnU-Net's {\"name\": 1}")
        : List.of();
  }

  /** The error for a key of dataset.json whose value cannot be used. */
  public static FiduciaException wrong(Object file, String key, String expected, JsonNode found) {
    return FiduciaException.badInput("dataset.json is not usable", file + ", key " + key,
        "expected " + expected + ", found " + (found == null || found.isMissingNode()
            ? "nothing"
            : found),
        "compare it with nnU-Net's dataset format");
  }
}
