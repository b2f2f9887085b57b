package io.fiducia.promptable.segment;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.PropagatedVolume.Origin;
import io.fiducia.promptable.volume.PropagatedVolume.SliceNote;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * An object in a volume.
 *
 * @param request what was asked for
 * @param probabilities of the voxels to belong to the object, on the image's grid
 * @param interpolation what shape-based interpolation makes of the prompted slices alone: the baseline
 * @param planes how the object was followed, in one plane or in three
 */
public record SegmentedObject(ObjectRequest request, FloatVolume probabilities,
    boolean[] interpolation, Map<SlicePlane, PropagatedVolume> planes) {
  public SegmentedObject {
    planes = Collections.unmodifiableMap(new EnumMap<>(planes));
  }

  /**
   * The slices between two prompted ones.
   *
   * @param from the prompted slice before them
   * @param to the prompted slice after them
   * @param agreement mean Dice of the walks from both sides; empty if the object ends at one of the two
   * @param interpolated how many of the slices neither walk reached
   */
  public record Gap(int from, int to, OptionalDouble agreement, int interpolated) {}

  /** The object's name. */
  public String name() {
    return request.name();
  }

  /** The voxels whose probability is above one half. */
  public boolean[] mask() {
    return SliceMask.of(probabilities.data());
  }

  /** Dice of the object and of the interpolation; 1 if both are empty. */
  public double diceOfInterpolation() {
    return SliceMask.dice(mask(), interpolation);
  }

  /** The gaps between neighbouring prompted slices in a plane, in their order. */
  public static List<Gap> gaps(PropagatedVolume followed) {
    List<Gap> gaps = new ArrayList<>();
    List<Integer> prompted = followed.promptedSlices();
    for (int n = 1; n < prompted.size(); n++) {
      int from = prompted.get(n - 1);
      int to = prompted.get(n);
      List<SliceNote> between = followed.slices().stream()
          .filter(s -> s.slice() > from && s.slice() < to).toList();
      if (to > from + 1) {
        gaps.add(new Gap(from, to,
            mean(between.stream().map(SliceNote::agreement).toList()),
            (int) between.stream().filter(s -> s.origin() == Origin.INTERPOLATED).count()));
      }
    }
    return gaps;
  }

  /** The mean of what the model predicted for its masks, over all slices that it answered. */
  public OptionalDouble predictedIou() {
    return mean(planes.values().stream().flatMap(p -> p.slices().stream())
        .map(SliceNote::predictedIou).toList());
  }

  /**
   * From 0, sure, to 1, not sure at all: in one plane 1 less the mean agreement of the walks from both sides
   * ({@link PropagatedVolume#uncertainty}), in three planes 1 less the mean Dice of each two planes. Empty if
   * there is nothing to compare.
   */
  public OptionalDouble uncertainty() {
    if (planes.size() == 1) {
      return planes.values().iterator().next().uncertainty();
    }
    List<boolean[]> masks = planes.values().stream().map(PropagatedVolume::mask).toList();
    double sum = 0;
    int pairs = 0;
    for (int a = 0; a < masks.size(); a++) {
      for (int b = 0; b < a; b++) {
        sum += SliceMask.dice(masks.get(a), masks.get(b));
        pairs++;
      }
    }
    return pairs == 0 ? OptionalDouble.empty() : OptionalDouble.of(1 - sum / pairs);
  }

  private static OptionalDouble mean(List<OptionalDouble> values) {
    return values.stream().filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble).average();
  }
}
