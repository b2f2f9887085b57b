package io.fiducia.promptable.session;

import io.fiducia.promptable.slice.SliceAnswer;
import java.util.Comparator;
import java.util.List;

/**
 * The answer to the prompts of one slice.
 *
 * @param slice its number
 * @param best which of the masks has the best predicted IoU; the first of equals
 * @param masks all masks in the model's order, in pixels of the slice's picture
 */
public record SliceResult(int slice, int best, List<SliceAnswer> masks) {
  public SliceResult {
    masks = List.copyOf(masks);
    if (best < 0 || best >= masks.size()) {
      throw new IllegalArgumentException("mask " + best + " of " + masks.size());
    }
  }

  /** The result of some masks. */
  static SliceResult of(int slice, List<SliceAnswer> masks) {
    int best = masks.indexOf(masks.stream()
        .max(Comparator.comparingDouble(SliceAnswer::predictedIou)).orElseThrow());
    for (int i = 0; i < best; i++) {
      if (masks.get(i).predictedIou() == masks.get(best).predictedIou()) {
        best = i;
      }
    }
    return new SliceResult(slice, best, masks);
  }

  /** The mask that is taken. */
  public SliceAnswer answer() {
    return masks.get(best);
  }
}
