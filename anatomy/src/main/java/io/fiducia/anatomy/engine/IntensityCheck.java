package io.fiducia.anatomy.engine;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Modality;
import io.fiducia.volume.FloatVolume;

/**
 * Tells images whose intensities cannot be right. TotalSegmentator and CADS truncate intensities to
 * whole numbers, so that of an image in 0 to 1 nothing is left, and an empty result follows without a
 * word.
 */
public final class IntensityCheck {
  /** No CT and no MR image as a scanner stores it has a smaller range. */
  private static final double SMALLEST_RANGE = 20;
  /** The air around a patient lies far below; images without it start above. */
  private static final double AIR = -200;

  private IntensityCheck() {}

  /**
   * Checks an image.
   *
   * @param name names it in messages
   * @throws FiduciaException BAD_INPUT for voxels that are not finite, a constant image, and
   *     intensities that were normalised
   */
  public static void check(String name, FloatVolume image, Modality modality, Progress progress) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    long bad = 0;
    for (float v : image.data()) {
      if (!Float.isFinite(v)) {
        bad++;
      } else {
        min = Math.min(min, v);
        max = Math.max(max, v);
      }
    }
    if (bad > 0) {
      throw FiduciaException.badInput("the image has voxels that are NaN or infinite", name,
          "expected finite numbers only, found " + bad + " of " + image.data().length
              + " that are not",
          "replace them, for example by the value of air or 0");
    }
    if (min == max) {
      throw FiduciaException.badInput("the image is constant", name, "all voxels are " + min,
          "check the file");
    }
    if (max - min < SMALLEST_RANGE) {
      throw FiduciaException.badInput("the intensities were normalised", name,
          "they lie between " + min + " and " + max + "; expected "
              + (modality == Modality.CT ? "Hounsfield units" : "intensities of a scanner"),
          "give the image as it was before normalisation");
    }
    if (modality == Modality.CT && min > AIR) {
      progress.warning(name + ": the intensities lie between " + min + " and " + max
          + "; a CT in Hounsfield units has air near -1000");
    }
  }
}
