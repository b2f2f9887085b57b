package io.fiducia.promptable.volume;

import io.fiducia.base.FiduciaException;
import java.util.Optional;

/**
 * How a structure is followed from slice to slice.
 *
 * @param carry what of a slice's mask prompts its neighbour
 * @param boxMargin how far the box of the previous mask is moved outward, as a share of its longer side; at
 *     least one pixel
 * @param stop when the structure has ended
 * @param range the slices in which the structure may lie, if a person says it
 * @param connectedOnly whether only those components of the result are kept that hold a part of a prompted
 *     slice's mask
 */
public record PropagationSettings(Carry carry, double boxMargin, StopRule stop,
    Optional<SliceRange> range, boolean connectedOnly) {
  /** What of a slice's mask prompts its neighbour. */
  public enum Carry {
    /** The box around it; for models that take boxes only, such as MedSAM. */
    BOX,
    /** The box, and the mask as logits. */
    BOX_AND_MASK
  }

  /**
   * When a walk from slice to slice ends. The slice that ends it does not belong to the structure.
   *
   * @param leastIou intersection over union with the previous slice below which the model has lost the
   *     structure
   * @param leastArea share of the largest prompted slice's area below which the structure is over
   * @param mostArea the same for the largest area: beyond it the mask has leaked
   */
  public record StopRule(double leastIou, double leastArea, double mostArea) {
    public StopRule {
      if (!(leastIou >= 0 && leastIou < 1) || !(leastArea >= 0) || !(mostArea > leastArea)) {
        throw new IllegalArgumentException(
            "IoU " + leastIou + ", areas " + leastArea + " to " + mostArea);
      }
    }
  }

  /**
   * Slices from the first to the last, both included.
   *
   * @throws FiduciaException USAGE if the last lies before the first
   */
  public record SliceRange(int first, int last) {
    public SliceRange {
      if (first < 0 || last < first) {
        throw FiduciaException.usage("this is no range of slices",
            "expected two slice numbers from 0 on, the second not below the first; found " + first
                + " and " + last,
            "give the structure's first and last slice");
      }
    }
  }

  public PropagationSettings {
    if (!(boxMargin >= 0)) {
      throw new IllegalArgumentException("margin " + boxMargin);
    }
  }

  /**
   * Box and mask are carried on, 5 % margin; a walk ends below an IoU of 0.2, 1 % of the area or three times
   * the area; parts without connection to a prompted slice's mask are removed.
   *
   * <p>micro-sam's threshold is an IoU of 0.5, for volumes of thin slices. Radiotherapy images have thick ones:
   * walking from the largest slice through the contours of 20 head-and-neck CT (slices of 2.5 to 3 mm), 0.5 cuts
   * off 24 % of the spinal cord's voxels and 16 % of the mandible's or less for other structures, 0.2 at
   * most 0.3 %; of 30 hippocampi 4 % and 0.2 %.
   */
  public static PropagationSettings usual() {
    return new PropagationSettings(Carry.BOX_AND_MASK, 0.05, new StopRule(0.2, 0.01, 3),
        Optional.empty(), true);
  }

  /** The same with something else carried on. */
  public PropagationSettings withCarry(Carry other) {
    return new PropagationSettings(other, boxMargin, stop, range, connectedOnly);
  }

  /** The same with another rule for the end. */
  public PropagationSettings withStop(StopRule other) {
    return new PropagationSettings(carry, boxMargin, other, range, connectedOnly);
  }

  /** The same with unconnected parts kept. */
  public PropagationSettings withAllParts() {
    return new PropagationSettings(carry, boxMargin, stop, range, false);
  }

  /** The same within some slices. */
  public PropagationSettings within(SliceRange slices) {
    return new PropagationSettings(carry, boxMargin, stop, Optional.of(slices), connectedOnly);
  }
}
