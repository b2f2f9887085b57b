package io.fiducia.universeg.slice;

import java.util.Arrays;

/**
 * The intensities that become 0 and 1 for a network; what lies beyond is clipped.
 *
 * @param low becomes 0
 * @param high becomes 1, above {@code low}
 */
public record IntensityWindow(double low, double high) {
  /** Values looked at for percentiles; more change nothing that matters. */
  private static final int SAMPLES = 1 << 18;

  public IntensityWindow {
    if (!(high > low) || !Double.isFinite(high - low)) {
      throw new IllegalArgumentException("intensities from " + low + " to " + high);
    }
  }

  /**
   * The scale between two percentiles of the values, at least {@code narrowest} wide. NaN does not count;
   * constant values become 0.5, none at all 0.
   *
   * @param share of the values that may lie beyond each end, 0 to 0.5
   */
  public static IntensityWindow of(float[] values, double share, double narrowest) {
    int step = Math.max(1, values.length / SAMPLES);
    float[] sorted = new float[values.length / step + 1];
    int n = 0;
    for (int i = 0; i < values.length; i += step) {
      if (!Float.isNaN(values[i])) {
        sorted[n++] = values[i];
      }
    }
    if (n == 0) {
      return new IntensityWindow(0, 1);
    }
    Arrays.sort(sorted, 0, n);
    double low = sorted[(int) Math.rint(share * (n - 1))];
    double high = sorted[(int) Math.rint((1 - share) * (n - 1))];
    double least = Math.max(narrowest, 1e-6 * Math.max(1, Math.abs(low) + Math.abs(high)));
    if (high - low < least) {
      double middle = (low + high) / 2;
      return new IntensityWindow(middle - least / 2, middle + least / 2);
    }
    return new IntensityWindow(low, high);
  }

  /** A value from 0 to 1; 0 for NaN, which stands for what lies outside of an image. */
  public float apply(float value) {
    if (Float.isNaN(value)) {
      return 0;
    }
    return (float) Math.max(0, Math.min(1, (value - low) / (high - low)));
  }

  /** New values from 0 to 1. */
  public float[] apply(float[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = apply(values[i]);
    }
    return out;
  }
}
