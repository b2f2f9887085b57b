package io.fiducia.promptable.volume;

import io.fiducia.base.FiduciaException;
import io.fiducia.metrics.surface.Percentile;
import io.fiducia.volume.FloatVolume;
import java.util.Arrays;

/**
 * The intensities that become black (0) and white (255) in a picture; what lies beyond is clipped.
 *
 * @param low becomes 0
 * @param high becomes 255, above {@code low}
 */
public record GreyWindow(double low, double high) {
  /** CT, soft tissue: level 40 HU, width 400 HU. */
  public static final GreyWindow SOFT_TISSUE = ofLevel(40, 400);
  /** CT, bone: level 400 HU, width 1800 HU. */
  public static final GreyWindow BONE = ofLevel(400, 1800);
  /** CT, lung and airways: level -600 HU, width 1500 HU. */
  public static final GreyWindow LUNG = ofLevel(-600, 1500);
  private static final double LOWEST_PERCENT = 0.5;
  private static final double HIGHEST_PERCENT = 99.5;
  /** Values looked at for percentiles; a larger volume is sampled evenly. */
  private static final int SAMPLES = 1 << 22;

  public GreyWindow {
    if (!(high > low) || !Double.isFinite(high - low)) {
      throw new IllegalArgumentException("intensities from " + low + " to " + high);
    }
  }

  private static GreyWindow ofLevel(double level, double width) {
    return new GreyWindow(level - width / 2, level + width / 2);
  }

  /**
   * A window that a person chose.
   *
   * @throws FiduciaException USAGE if the upper end does not lie above the lower one
   */
  public static GreyWindow chosen(double low, double high) {
    if (!(high > low) || !Double.isFinite(high - low)) {
      throw FiduciaException.usage("this is no intensity window",
          "expected two finite numbers, the second above the first; found " + low + " and " + high,
          "give the intensities that become black and white");
    }
    return new GreyWindow(low, high);
  }

  /**
   * The window for an image whose intensities have no scale of their own, such as MR: the percentiles 0.5 and
   * 99.5 of all voxels that are not zero (MedSAM's rule; linear interpolation as in numpy). Where these are
   * equal, the smallest and the largest value.
   *
   * @throws FiduciaException BAD_INPUT if all voxels have one value
   */
  public static GreyWindow ofPercentiles(FloatVolume image) {
    float[] data = image.data();
    int step = (data.length + SAMPLES - 1) / SAMPLES;
    double[] values = new double[data.length / step + 1];
    int n = 0;
    float min = data[0];
    float max = data[0];
    for (int i = 0; i < data.length; i++) {
      min = Math.min(min, data[i]);
      max = Math.max(max, data[i]);
      if (i % step == 0 && data[i] != 0) {
        values[n++] = data[i];
      }
    }
    double[] sorted = Arrays.copyOf(values, n);
    Arrays.sort(sorted);
    double low = Percentile.linear(sorted, LOWEST_PERCENT);
    double high = Percentile.linear(sorted, HIGHEST_PERCENT);
    if (high > low) {
      return new GreyWindow(low, high);
    }
    if (!(max > min)) {
      throw PlaneStack.empty("image", min);
    }
    return new GreyWindow(min, max);
  }

  /** The grey value of an intensity, 0 to 255, not rounded. */
  public float grey(float value) {
    return (float) Math.max(0, Math.min(255, 255 * (value - low) / (high - low)));
  }
}
