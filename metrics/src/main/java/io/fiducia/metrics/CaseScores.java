package io.fiducia.metrics;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The metrics of one case.
 *
 * @param id the file name without its ending
 * @param byStructure structure key to metric name to value, NaN where a value does not exist; names
 *     and order as in the command line's contract
 */
public record CaseScores(String id, Path reference, Path prediction,
    Map<String, Map<String, Double>> byStructure) {
  public CaseScores {
    Map<String, Map<String, Double>> copy = new LinkedHashMap<>();
    byStructure.forEach((k, v) -> copy.put(k, Collections.unmodifiableMap(new LinkedHashMap<>(v))));
    byStructure = Collections.unmodifiableMap(copy);
  }
}
