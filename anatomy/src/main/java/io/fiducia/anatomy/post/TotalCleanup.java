package io.fiducia.anatomy.post;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.volume.LabelVolume;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What TotalSegmentator does to the merged label map of a task before it resamples it to the image's
 * grid, in its order.
 */
public final class TotalCleanup {
  /** The volume in mm3 up to which blobs are removed where the user asks for it without a number. */
  public static final double SMALL_BLOBS_MM3 = 200;
  private static final double EXTREMITIES_MM3 = 50_000;

  private TotalCleanup() {}

  /**
   * Erases auxiliary labels; keeps the largest blob of the trunk and removes small blobs of the limbs
   * (task {@code body}); separates vertebral bodies (tasks {@code
   * vertebrae_pp} and {@code vertebrae_pp_refined}); removes small blobs of
   * all structures if asked.
   *
   * <p>The task {@code body_mr} is left as it is, as by TotalSegmentator.
   *
   * @param labels at the network's resolution in canonical orientation; changed
   * @param smallBlobsMm3 blobs of at most this volume are removed from every structure; empty: none
   */
  public static void apply(LabelVolume labels, AnatomyTask task, OptionalDouble smallBlobsMm3) {
    LabelCleanup.erase(labels, task.auxiliary());
    switch (task.name()) {
      case "body" -> {
        LabelCleanup.keepLargest(labels, label(task, "body_trunc"));
        LabelCleanup.removeSmall(labels, List.of(label(task, "body_extremities")),
            EXTREMITIES_MM3);
      }
      case "vertebrae_pp", "vertebrae_pp_refined" ->
        VertebralBodies.separate(labels, task.classes());
      default -> {
        // No other task has rules of its own.
      }
    }
    smallBlobsMm3.ifPresent(
        mm3 -> LabelCleanup.removeSmall(labels, task.classes().keySet(), mm3));
  }

  private static int label(AnatomyTask task, String structure) {
    return task.label(structure).orElseThrow(
        () -> new IllegalArgumentException(task.name() + " has no " + structure));
  }
}
