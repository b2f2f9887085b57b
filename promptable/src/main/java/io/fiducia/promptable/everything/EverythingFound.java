package io.fiducia.promptable.everything;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The masks of a picture, and what became of the others.
 *
 * @param masks the best first, as the original orders them
 * @param counts of masks that were dropped
 */
public record EverythingFound(List<EverythingMask> masks, Counts counts) {
  /**
   * What became of the model's masks.
   *
   * @param candidates number of masks that the model answered
   * @param belowIou dropped for their predicted IoU
   * @param empty dropped since they have no pixel
   * @param belowStability dropped for their stability score
   * @param cutByCrop dropped since a crop's edge cuts them
   * @param duplicates dropped beside a better mask with nearly the same box
   * @param bestIou highest predicted IoU of all masks
   * @param bestStability highest stability score of those whose predicted IoU suffices; empty if there are none
   */
  public record Counts(int candidates, int belowIou, int empty, int belowStability, int cutByCrop,
      int duplicates, double bestIou, OptionalDouble bestStability) {}

  /** The filter that dropped the last masks. */
  public enum Cause {
    PREDICTED_IOU, STABILITY, EMPTY, CROP
  }

  public EverythingFound {
    masks = List.copyOf(masks);
  }

  /** Which filter left no mask; empty if there are masks. */
  public Optional<Cause> causeOfNone() {
    if (!masks.isEmpty()) {
      return Optional.empty();
    }
    if (counts.belowIou == counts.candidates) {
      return Optional.of(Cause.PREDICTED_IOU);
    }
    if (counts.belowStability > 0) {
      return Optional.of(Cause.STABILITY);
    }
    return Optional.of(counts.cutByCrop > 0 ? Cause.CROP : Cause.EMPTY);
  }

  /** Why there is no mask, with the best values; empty if there are masks. */
  public Optional<String> reasonForNone(EverythingSettings.Filters filters) {
    return causeOfNone().map(cause -> switch (cause) {
      case PREDICTED_IOU -> String.format(Locale.ROOT,
          "no mask is left: the best predicted IoU of %d masks is %.3f, and must be above %.3f",
          counts.candidates, counts.bestIou, filters.predictedIou());
      case STABILITY -> String.format(Locale.ROOT,
          "no mask is left: the best stability score is %.3f, and must be at least %.3f; the best"
              + " predicted IoU is %.3f",
          counts.bestStability.orElse(0), filters.stability(), counts.bestIou);
      case EMPTY -> String.format(Locale.ROOT,
          "no mask is left: %d of %d masks have a predicted IoU above %.3f (the best %.3f), and"
              + " these are empty",
          counts.empty, counts.candidates, filters.predictedIou(), counts.bestIou);
      case CROP -> "no mask is left: the edges of crops cut all masks";
    });
  }
}
