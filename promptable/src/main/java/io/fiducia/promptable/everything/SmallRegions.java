package io.fiducia.promptable.everything;

import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import java.util.Optional;

/** Fills small holes of a mask and removes its small islands; pixels that touch at a corner are connected. */
final class SmallRegions {
  private SmallRegions() {}

  /**
   * The mask without them, or empty if it has none. A mask of small islands only keeps the largest one.
   *
   * @param least smaller regions are changed, in pixels
   */
  static Optional<boolean[]> removed(boolean[] mask, int width, int height, double least) {
    long whole = (long) Math.ceil(least);
    int[] shape = {1, height, width};
    boolean[] outside = new boolean[mask.length];
    for (int i = 0; i < outside.length; i++) {
      outside[i] = !mask[i];
    }
    Components holes = Components.of(outside, shape, Connectivity.CORNERS);
    boolean[] out = mask;
    boolean changed = false;
    if (hasSmaller(holes, whole)) {
      boolean[] large = holes.atLeast(whole);
      out = new boolean[mask.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = !large[i];
      }
      changed = true;
    }
    Components islands = Components.of(out, shape, Connectivity.CORNERS);
    if (hasSmaller(islands, whole)) {
      int largest = largest(islands);
      out = islands.mask(c -> c == largest || islands.size(c) >= whole);
      changed = true;
    }
    return changed ? Optional.of(out) : Optional.empty();
  }

  private static boolean hasSmaller(Components regions, long least) {
    for (int c = 1; c <= regions.count(); c++) {
      if (regions.size(c) < least) {
        return true;
      }
    }
    return false;
  }

  /** The first of the largest regions. */
  private static int largest(Components regions) {
    int best = 1;
    for (int c = 2; c <= regions.count(); c++) {
      best = regions.size(c) > regions.size(best) ? c : best;
    }
    return best;
  }
}
