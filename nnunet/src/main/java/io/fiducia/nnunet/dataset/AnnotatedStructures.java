package io.fiducia.nnunet.dataset;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.metrics.PartialAnnotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which structures each case was contoured for, where that differs: the file {@link #FILE} in a data
 * set's folder.
 *
 * <pre>
 * {"always": ["Brainstem"], "annotated": {"hn_009": [], "hn_020": ["Larynx"]}}
 * </pre>
 *
 * <p>A case that the file names has contours of the structures {@code always} names and of those
 * listed for it; in the others, absence of a contour says nothing. A case that it does not name has
 * contours of everything.
 *
 * @param classes per case the classes it has contours of, numbered as {@link Labels#classNumber}
 */
public record AnnotatedStructures(Map<String, Set<Integer>> classes) {
  public static final String FILE = PartialAnnotation.FILE;

  public AnnotatedStructures {
    Map<String, Set<Integer>> copy = new LinkedHashMap<>();
    classes.forEach((id, numbers) -> copy.put(id, Set.copyOf(numbers)));
    classes = Map.copyOf(copy);
  }

  /** Everything is annotated everywhere. */
  public static AnnotatedStructures complete() {
    return new AnnotatedStructures(Map.of());
  }

  /** Reads the file. @throws FiduciaException BAD_INPUT naming what is wrong in it */
  public static AnnotatedStructures read(Path file, Labels labels) {
    JsonNode tree;
    try {
      tree = JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput(FILE + " cannot be read", file,
          String.valueOf(e.getMessage()),
          "check that it may be read and is valid JSON", e);
    }
    if (!tree.path("annotated").isObject()) {
      throw wrong(file, "the key \"annotated\"", "an object such as {\"case_01\": [\"Larynx\"]}",
          tree.path("annotated"));
    }
    Set<Integer> always = tree.has("always")
        ? numbers(file, "always", tree.get("always"), labels)
        : Set.of();
    Map<String, Set<Integer>> classes = new LinkedHashMap<>();
    tree.get("annotated").properties().forEach(e -> {
      FileNames.check(e.getKey(), file + ", a key of annotated");
      Set<Integer> known = new TreeSet<>(always);
      known.addAll(numbers(file, "case " + e.getKey(), e.getValue(), labels));
      classes.put(e.getKey(), known);
    });
    return new AnnotatedStructures(classes);
  }

  private static Set<Integer> numbers(Path file, String where, JsonNode names, Labels labels) {
    if (!names.isArray()) {
      throw wrong(file, where, "a list of structures", names);
    }
    Set<Integer> numbers = new TreeSet<>();
    for (JsonNode name : names) {
      OptionalInt number = labels.classNumber(name.asString(""));
      if (number.isEmpty()) {
        throw wrong(file, where, "one of the structures " + List.copyOf(labels.foregroundNames()),
            name);
      }
      numbers.add(number.getAsInt());
    }
    return numbers;
  }

  private static FiduciaException wrong(Path file, String where, String expected, JsonNode found) {
    return FiduciaException.badInput(FILE + " is not usable", file + ", " + where,
        "expected " + expected + ", found " + (found.isMissingNode() ? "nothing" : found),
        "see docs/nnunet.md, \"Partial annotation\"");
  }

  /** The classes that a case has contours of; empty: all. */
  public Optional<Set<Integer>> of(String caseId) {
    return Optional.ofNullable(classes.get(caseId));
  }
}
