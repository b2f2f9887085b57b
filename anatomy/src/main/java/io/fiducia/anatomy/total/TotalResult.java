package io.fiducia.anatomy.total;

import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.Map;

/**
 * What came of one image.
 *
 * @param labels on the grid of the image, or at the network's spacing if that was asked for
 * @param classes names by label of the structures that were asked for, in order
 * @param onModelGrid what the networks saw and found, in RAS orientation, before labels went back to
 *     the grid of the image; of the crop where the image was cropped
 */
public record TotalResult(LabelVolume labels, Map<Integer, String> classes, Pair onModelGrid) {
  /** An image and its labels on one grid. */
  public record Pair(FloatVolume image, LabelVolume labels) {}

  public TotalResult {
    classes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(classes));
  }
}
