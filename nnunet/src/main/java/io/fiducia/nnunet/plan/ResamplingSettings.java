package io.fiducia.nnunet.plan;

import java.util.Optional;

/**
 * How one kind of array is resampled.
 *
 * @param function upstream's name: {@link #DEFAULT}, {@link #TORCH} or {@link #NONE}
 * @param order interpolation in plane
 * @param orderZ interpolation along an axis that is treated on its own
 * @param forceSeparateZ whether to treat the coarsest axis on its own; empty: by anisotropy
 */
public record ResamplingSettings(String function, boolean isSeg, int order, int orderZ,
    Optional<Boolean> forceSeparateZ) {
  /** scikit-image's interpolation, the default. */
  public static final String DEFAULT = "resample_data_or_seg_to_shape";
  /** torch's linear interpolation. */
  public static final String TORCH = "resample_torch_fornnunet";
  /** Arrays keep their shape. */
  public static final String NONE = "no_resampling_hack";

  /** Whether arrays keep their shape. */
  public boolean none() {
    return function.equals(NONE);
  }

  /** nnU-Net's default for images: cubic. */
  public static ResamplingSettings data() {
    return new ResamplingSettings(DEFAULT, false, 3, 0, Optional.empty());
  }

  /** nnU-Net's default for label maps: linear, label by label. */
  public static ResamplingSettings seg() {
    return new ResamplingSettings(DEFAULT, true, 1, 0, Optional.empty());
  }

  /** nnU-Net's default for logits: linear. */
  public static ResamplingSettings probabilities() {
    return new ResamplingSettings(DEFAULT, false, 1, 0, Optional.empty());
  }

  /** torch's linear interpolation of images and logits, or of label maps. */
  static ResamplingSettings torch(boolean isSeg, Optional<Boolean> forceSeparateZ) {
    return new ResamplingSettings(TORCH, isSeg, 1, 0, forceSeparateZ);
  }

  /** No resampling. */
  static ResamplingSettings untouched(boolean isSeg) {
    return new ResamplingSettings(NONE, isSeg, 0, 0, Optional.empty());
  }
}
