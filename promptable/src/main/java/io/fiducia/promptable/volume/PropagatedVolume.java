package io.fiducia.promptable.volume;

import io.fiducia.geometry.Geometry;
import io.fiducia.volume.FloatVolume;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A structure in a volume, from prompts in some of its slices.
 *
 * @param probabilities of the voxels to belong to the structure, on the image's grid
 * @param interpolation the structure as shape-based interpolation of the prompted slices gives it, without any
 *     model in between: the baseline that a model has to beat
 * @param slices what is known of each slice that was reached, in their order
 * @param stops why each walk ended
 */
public record PropagatedVolume(FloatVolume probabilities, boolean[] interpolation,
    List<SliceNote> slices, List<Stop> stops) {
  /** Where a slice's mask comes from. */
  public enum Origin {
    /** A person prompted or contoured the slice. */
    PROMPTED,
    /** The model, prompted by the neighbouring slice's mask. */
    PROPAGATED,
    /** Interpolated, because neither walk between two prompted slices reached it. */
    INTERPOLATED
  }

  /**
   * A slice.
   *
   * @param slice its number
   * @param origin where its mask comes from
   * @param agreement Dice of the masks of the two walks from the prompted slices on both sides; 0 if only one
   *     walk found something or the slice was interpolated; empty for other slices
   * @param predictedIou how well the model thinks that its mask fits; the mean of two walks as their masks are
   *     averaged; empty where no model answered
   */
  public record SliceNote(int slice, Origin origin, OptionalDouble agreement,
      OptionalDouble predictedIou) {
    /** A slice that a person prompted. */
    static SliceNote prompted(int slice) {
      return new SliceNote(slice, Origin.PROMPTED, OptionalDouble.empty(), OptionalDouble.empty());
    }
  }

  /** Why a walk ended. */
  public enum StopReason {
    /** The image, or the range of slices that was given, ends here. */
    END,
    /** The slice shows nothing: one grey value only. */
    BLANK,
    /** The model found nothing. */
    EMPTY,
    /** The mask has too little in common with its neighbour's. */
    CHANGED,
    /** The area is a small share of the prompted one. */
    SMALL,
    /** The area is several times the prompted one. */
    LARGE
  }

  /**
   * The end of a walk.
   *
   * @param from the prompted slice where it began
   * @param step 1 or -1
   * @param slice the slice that does not belong to the structure; for {@link StopReason#END} beyond the range
   */
  public record Stop(int from, int step, int slice, StopReason reason) {}

  public PropagatedVolume {
    slices = List.copyOf(slices);
    stops = List.copyOf(stops);
  }

  /** The same with what the model predicted for its masks of prompted slices. */
  public PropagatedVolume withPredictedIou(Map<Integer, Double> ofPrompted) {
    return new PropagatedVolume(probabilities, interpolation, slices.stream().map(n -> {
      Double iou = ofPrompted.get(n.slice());
      return n.origin() != Origin.PROMPTED || iou == null
          ? n
          : new SliceNote(n.slice(), n.origin(), n.agreement(), OptionalDouble.of(iou));
    }).toList(), stops);
  }

  /** The slices that a person prompted or contoured, in their order. */
  public List<Integer> promptedSlices() {
    return slices.stream().filter(n -> n.origin() == Origin.PROMPTED).map(SliceNote::slice)
        .toList();
  }

  /** The grid of the image. */
  public Geometry grid() {
    return probabilities.geometry();
  }

  /** The voxels whose probability is above one half. */
  public boolean[] mask() {
    return SliceMask.of(probabilities.data());
  }

  /**
   * One minus the mean agreement of the two directions over the slices between prompted ones: 0 sure, 1 not at
   * all. Empty if no slice lies between two prompted ones.
   */
  public OptionalDouble uncertainty() {
    OptionalDouble mean = slices.stream().map(SliceNote::agreement)
        .filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble).average();
    return mean.isPresent() ? OptionalDouble.of(1 - mean.getAsDouble()) : mean;
  }
}
