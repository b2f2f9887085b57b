package io.fiducia.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The structures that a label map can hold.
 *
 * @param labelByName label value of each structure, from 1, in the order that people should see
 */
public record StructureSet(Map<String, Integer> labelByName) {
  public StructureSet {
    Map<String, Integer> copy = new LinkedHashMap<>(labelByName);
    copy.forEach((name, label) -> {
      if (name.isBlank() || label < 1 || label > Short.MAX_VALUE) {
        throw new IllegalArgumentException("structure '" + name + "' with label " + label);
      }
    });
    if (copy.values().stream().distinct().count() != copy.size()) {
      throw new IllegalArgumentException("one label for two structures in " + copy);
    }
    labelByName = Collections.unmodifiableMap(copy);
  }

  /** The name of a label value, empty for background and values without a structure. */
  public Optional<String> name(int label) {
    return labelByName.entrySet().stream().filter(e -> e.getValue() == label)
        .map(Map.Entry::getKey).findFirst();
  }
}
