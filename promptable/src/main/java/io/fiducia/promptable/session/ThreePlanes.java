package io.fiducia.promptable.session;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.volume.EncodedStack;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.PlaneFusion;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.promptable.volume.PropagationSettings.SliceRange;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Segments a structure in all three planes from a box around it, and joins the three results by the mean of
 * their probabilities. In each plane the middle slice of the box is prompted, and the structure is followed to
 * the ends of the box.
 *
 * @param model of slices
 * @param cache for embeddings, if there is one
 * @param settings of the propagation; their range is replaced by the box's
 */
public record ThreePlanes(SliceModel model, Optional<EmbeddingCache> cache,
    PropagationSettings settings) {
  /**
   * A structure in three planes.
   *
   * @param probabilities the mean of the planes
   * @param planes the result of each plane
   * @param encoded how many slices the model encoded
   */
  public record Fused(FloatVolume probabilities, Map<SlicePlane, PropagatedVolume> planes,
      int encoded) {}

  /**
   * Segments a structure.
   *
   * @param box around the structure, in voxels of the image
   * @throws FiduciaException BAD_INPUT for a box that leaves the image, or is one voxel thin where the image
   *     is not: such a box was drawn in one slice
   */
  public Fused segment(FloatVolume image, GreyWindow window, Region box, Progress progress,
      Cancellation cancellation) {
    requireThick(image, box);
    Map<SlicePlane, PropagatedVolume> found = new EnumMap<>(SlicePlane.class);
    int encodings = 0;
    for (SlicePlane plane : SlicePlane.values()) {
      PlaneStack stack = PlaneStack.of(image, plane, window);
      EncodedStack encoded = new EncodedStack(stack, model, cache);
      PromptSession session = new PromptSession(encoded, PromptSession.Multimask.NEVER);
      SliceAxes axes = stack.axes();
      int first = SliceAxes.start(box, axes.normal());
      int last = first + box.size().get(axes.normal()) - 1;
      session.give(plane.word(), new Prompt.Box(axes.inSlice(box, (first + last) / 2)));
      found.put(plane, session.propagate(plane.word(),
          settings.within(new SliceRange(first, last)), progress, cancellation));
      encodings += encoded.encoded();
    }
    return new Fused(PlaneFusion.mean(
        found.values().stream().map(PropagatedVolume::probabilities).toList()), found, encodings);
  }

  private static void requireThick(FloatVolume image, Region box) {
    for (int axis = 0; axis < 3; axis++) {
      if (box.size().get(axis) < 2 && image.geometry().size().get(axis) > 1) {
        throw FiduciaException.badInput("a box in three planes is one voxel thin", "box",
            "expected two voxels at least along each axis, found " + box.size(),
            "draw the box around the structure in all three directions");
      }
    }
  }
}
