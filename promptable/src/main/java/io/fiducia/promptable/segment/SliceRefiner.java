package io.fiducia.promptable.segment;

import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.volume.EncodedStack;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;

/**
 * Draws the contours of a slice again: each connected part is prompted by the box around it, wider by a margin. A
 * part stays as it was where the model finds nothing or something else.
 *
 * @param encoded the slices
 * @param margin how far a box is moved outward, as a share of its longer side; at least one pixel
 * @param leastIou intersection over union of a part and the model's mask below which the mask is something
 *     else
 */
record SliceRefiner(EncodedStack encoded, double margin, double leastIou) {
  /**
   * A slice.
   *
   * @param probabilities of its voxels; 1 in parts that stayed as they were
   * @param parts number of connected parts
   * @param kept how many of them stayed as they were
   */
  record Refined(float[] probabilities, int parts, int kept) {}

  /** The refined contours of a slice. */
  Refined refine(int slice, boolean[] mask) {
    SliceAxes axes = encoded.stack().axes();
    Components parts = Components.of(mask, new int[]{1, axes.rows(), axes.columns()},
        Connectivity.CORNERS);
    float[] out = new float[mask.length];
    int kept = 0;
    boolean blank = encoded.stack().isBlank(slice);
    for (int n = 1; n <= parts.count(); n++) {
      int number = n;
      boolean[] part = parts.mask(c -> c == number);
      float[] found = blank ? SliceMask.certain(part) : answer(slice, part);
      boolean fits = !blank && SliceMask.iou(SliceMask.of(found), part) >= leastIou;
      kept += fits ? 0 : 1;
      float[] taken = fits ? found : SliceMask.certain(part);
      for (int i = 0; i < out.length; i++) {
        out[i] = Math.max(out[i], taken[i]);
      }
    }
    return new Refined(out, parts.count(), kept);
  }

  private float[] answer(int slice, boolean[] part) {
    PlaneStack stack = encoded.stack();
    boolean[] pixels = SliceMask.of(stack.toPicture(SliceMask.certain(part)));
    PixelBox box = SliceMask.box(pixels, stack.width()).orElseThrow();
    return stack.toVoxels(
        encoded.answer(slice, SlicePrompts.box(stack.widened(box, margin))).getFirst()
            .probabilities());
  }
}
