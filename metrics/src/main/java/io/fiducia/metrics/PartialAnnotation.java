package io.fiducia.metrics;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which structures a person has contoured in which case. A structure that was not contoured is not
 * absent: nothing is known of it, so it is left out of that case and counted.
 *
 * @param byCase names of the contoured structures by case; a case that is not here is contoured in
 *     full
 */
public record PartialAnnotation(Map<String, Set<String>> byCase) {
  /** Name of the file in a dataset's folder that says so, for training and for evaluation. */
  public static final String FILE = "annotated_structures.json";

  public PartialAnnotation {
    Map<String, Set<String>> copy = new TreeMap<>();
    byCase.forEach((k, v) -> copy.put(k, Set.copyOf(v)));
    byCase = Map.copyOf(copy);
  }

  /** Every structure is contoured in every case. */
  public static PartialAnnotation complete() {
    return new PartialAnnotation(Map.of());
  }

  /** Whether a structure was contoured in a case; names as {@link NameMatcher} compares them. */
  boolean has(String caseId, Structure structure) {
    Set<String> names = byCase.get(caseId);
    return names == null || names.stream().anyMatch(n -> NameMatcher.same(n, structure.name()));
  }

  /**
   * Reads the object {@code "annotated": {CASE: [NAME, ...]}} of a JSON file, to each of whose cases
   * the list {@code "always": [NAME, ...]} is added if there is one; complete if the file has no such
   * object.
   *
   * @throws FiduciaException BAD_INPUT if the file cannot be read or the object has another form
   */
  public static PartialAnnotation read(Path file) {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("cannot read which structures are annotated", file,
          e.getMessage(), "check that the file is valid JSON", e);
    }
    JsonNode annotated = root.path("annotated");
    Set<String> always = root.has("always")
        ? names(file, "always", root.get("always"))
        : Set.of();
    Map<String, Set<String>> byCase = new TreeMap<>();
    for (var entry : annotated.properties()) {
      Set<String> names = names(file, entry.getKey(), entry.getValue());
      names.addAll(always);
      byCase.put(entry.getKey(), names);
    }
    if (!annotated.isMissingNode() && !annotated.isObject()) {
      throw wrongForm(file, "annotated");
    }
    return new PartialAnnotation(byCase);
  }

  /**
   * What the file {@link #FILE} beside a dataset.json says, or else dataset.json itself; errors as
   * {@link #read}.
   */
  public static PartialAnnotation beside(Path datasetJson) {
    Path file = datasetJson.resolveSibling(FILE);
    return read(Files.exists(file) ? file : datasetJson);
  }

  private static Set<String> names(Path file, String key, JsonNode list) {
    if (!list.isArray()) {
      throw wrongForm(file, key);
    }
    Set<String> names = new TreeSet<>();
    for (JsonNode name : list) {
      if (!name.isString()) {
        throw wrongForm(file, key);
      }
      names.add(name.asString());
    }
    return names;
  }

  private static FiduciaException wrongForm(Path file, String key) {
    return FiduciaException.badInput("cannot read which structures are annotated", file,
        "expected \"annotated\": {\"CASE\": [\"NAME\", ...]}, found something else at " + key,
        "list the names of the contoured structures for each case");
  }
}
