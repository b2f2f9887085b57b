package io.fiducia.nnunet.preprocess;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.plan.IntensityProperties;
import java.util.List;

/**
 * The change of one channel's intensities that a plans file names. All arithmetic on voxels is in
 * float, as in nnU-Net; means and deviations are summed in double, where numpy sums pairs of floats
 * (they agree within 1e-6 relative).
 */
sealed interface Normalizer {
  /** Changes {@code data} in place; {@code seg} is below zero outside the nonzero mask. */
  void apply(float[] data, short[] seg);

  /** Names of all schemes that {@link #of} knows, as in plans files. */
  List<String> SCHEMES = List.of(
      "CTNormalization",
      "ZScoreNormalization",
      "NoNormalization",
      "RescaleTo01Normalization",
      "RGBTo01Normalization");

  /**
   * The normalizer of a scheme.
   *
   * @param useMask whether z-scores are of the nonzero mask only; other schemes ignore it
   * @param dataset foreground intensities over the training set, which CT needs
   * @throws FiduciaException BAD_INPUT for a scheme that is not known
   */
  static Normalizer of(String scheme, boolean useMask, IntensityProperties dataset) {
    return switch (scheme) {
      case "CTNormalization" -> new Ct(dataset);
      case "ZScoreNormalization" -> new ZScore(useMask);
      case "NoNormalization" -> new None();
      case "RescaleTo01Normalization" -> new RescaleTo01();
      case "RGBTo01Normalization" -> new RgbTo01();
      default -> throw FiduciaException.badInput(
          "unknown normalization scheme \"" + scheme + "\"",
          "normalization_schemes in the plans file",
          "expected one of " + String.join(", ", SCHEMES),
          "use plans with one of these schemes");
    };
  }

  /** Clips to the dataset's 0.5th and 99.5th percentile, then subtracts its mean and divides by its deviation. */
  record Ct(IntensityProperties dataset) implements Normalizer {
    @Override
    public void apply(float[] data, short[] seg) {
      float low = (float) dataset.percentile005();
      float high = (float) dataset.percentile995();
      float mean = (float) dataset.mean();
      float std = (float) Math.max(dataset.std(), 1e-8);
      for (int i = 0; i < data.length; i++) {
        data[i] = (Math.min(Math.max(data[i], low), high) - mean) / std;
      }
    }
  }

  /** Zero mean and unit deviation of this image; with the mask, voxels outside keep their value. */
  record ZScore(boolean useMask) implements Normalizer {
    @Override
    public void apply(float[] data, short[] seg) {
      long n = 0;
      double sum = 0;
      for (int i = 0; i < data.length; i++) {
        if (!useMask || seg[i] >= 0) {
          sum += data[i];
          n++;
        }
      }
      if (n == 0) {
        return;
      }
      float mean = (float) (sum / n);
      double squares = 0;
      for (int i = 0; i < data.length; i++) {
        if (!useMask || seg[i] >= 0) {
          double d = data[i] - mean;
          squares += d * d;
        }
      }
      float std = Math.max((float) Math.sqrt(squares / n), 1e-8f);
      for (int i = 0; i < data.length; i++) {
        if (!useMask || seg[i] >= 0) {
          data[i] = (data[i] - mean) / std;
        }
      }
    }
  }

  /** Leaves the intensities as they are. */
  record None() implements Normalizer {
    @Override
    public void apply(float[] data, short[] seg) {
      // Nothing to do: that is the scheme.
    }
  }

  /** Subtracts the minimum, then divides by the maximum. */
  record RescaleTo01() implements Normalizer {
    @Override
    public void apply(float[] data, short[] seg) {
      float min = Float.POSITIVE_INFINITY;
      float max = Float.NEGATIVE_INFINITY;
      for (float v : data) {
        min = Math.min(min, v);
        max = Math.max(max, v);
      }
      float range = Math.max(max - min, 1e-8f);
      for (int i = 0; i < data.length; i++) {
        data[i] = (data[i] - min) / range;
      }
    }
  }

  /** Divides by 255; values outside 0 to 255 are an error. */
  record RgbTo01() implements Normalizer {
    @Override
    public void apply(float[] data, short[] seg) {
      for (float v : data) {
        if (v < 0 || v > 255) {
          throw FiduciaException.badInput(
              "the image is not an RGB image",
              "RGBTo01Normalization",
              "expected values from 0 to 255, found " + v,
              "name the channel differently in dataset.json, then plan again");
        }
      }
      for (int i = 0; i < data.length; i++) {
        data[i] /= 255f;
      }
    }
  }
}
