package io.fiducia.anatomy.task;

import io.fiducia.geometry.Vec3;
import java.util.List;
import java.util.Optional;

/**
 * The structures around which a task crops the image before its own network runs.
 *
 * @param structures their names in the task that finds them
 * @param task the task that finds them; empty: a coarse network of the whole body
 * @param marginMm margin (x, y, z) in the tool's table; see where it is used for when it holds
 * @param robust whether the coarse network is the one at 3 mm instead of the one at 6 mm
 */
public record CropRule(List<String> structures, Optional<String> task, Vec3 marginMm,
    boolean robust) {
  public CropRule {
    structures = List.copyOf(structures);
  }
}
