package io.fiducia.anatomy.task;

import io.fiducia.geometry.Vec3;
import java.util.List;
import java.util.Optional;

/**
 * One way to run a task: at full resolution, or faster with a network for larger voxels.
 *
 * @param spacingMm spacing (x, y, z) to which the tool resamples images before nnU-Net sees them;
 *     empty: nnU-Net alone resamples
 * @param step distance between patches as a share of the patch
 * @param parts in the order in which results are merged: a later one overwrites
 */
public record Variant(Optional<Vec3> spacingMm, double step, List<Part> parts) {
  /** Name of the variant at full resolution. */
  public static final String DEFAULT = "default";
  /** Name of TotalSegmentator's variant at 3 mm (body: 6 mm). */
  public static final String FAST = "fast";
  /** Name of TotalSegmentator's variant at 6 mm. */
  public static final String FASTEST = "fastest";

  public Variant {
    parts = List.copyOf(parts);
  }
}
