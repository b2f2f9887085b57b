package io.fiducia.nnunet.plan;

import java.util.Optional;

/**
 * How one kind of array is resampled.
 *
 * @param function upstream's name, {@code resample_data_or_seg_to_shape} by default
 * @param order interpolation in plane
 * @param orderZ interpolation along an axis that is treated on its own
 * @param forceSeparateZ whether to treat the coarsest axis on its own; empty: by anisotropy
 */
public record Resampling(String function, boolean isSeg, int order, int orderZ,
    Optional<Boolean> forceSeparateZ) {
  /** nnU-Net's default for images: cubic. */
  public static Resampling data() {
    return new Resampling("resample_data_or_seg_to_shape", false, 3, 0, Optional.empty());
  }

  /** nnU-Net's default for label maps: linear, label by label. */
  public static Resampling seg() {
    return new Resampling("resample_data_or_seg_to_shape", true, 1, 0, Optional.empty());
  }

  /** nnU-Net's default for logits: linear. */
  public static Resampling probabilities() {
    return new Resampling("resample_data_or_seg_to_shape", false, 1, 0, Optional.empty());
  }
}
