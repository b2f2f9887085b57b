package io.fiducia.anatomy.task;

import java.util.List;

/**
 * Structures outside of which, beyond a distance, a task's result is erased.
 *
 * @param structures their names in the network that found the crop
 */
public record KeepNear(List<String> structures, double withinMm) {
  public KeepNear {
    structures = List.copyOf(structures);
  }
}
