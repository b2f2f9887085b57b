package io.fiducia.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a segmentation comes from: enough for a person to judge it and to make it again.
 *
 * @param system what made it, such as {@code nnU-Net}
 * @param details what else there is to know (trainer, configuration, folds, weights), by name
 */
public record Provenance(String system, Map<String, String> details) {
  public Provenance {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }
}
