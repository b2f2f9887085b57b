package io.fiducia.resample;

/** How a resampled label map chooses among labels whose indicators were interpolated linearly. */
public enum LabelRule {
  /**
   * The label with the largest share wins. Among equal shares the label of the nearest voxel wins if
   * it is one of them, else the smallest label. This is nnU-Net with batchgenerators 0.25.5.
   */
  LARGEST_SHARE,
  /**
   * The largest label with a share of at least one half wins; where no label has one, the result is 0.
   * This is nnU-Net with older batchgenerators, such as 0.25.1.
   */
  AT_LEAST_HALF,
  /**
   * The label with the largest share wins, shares counted in thousandths of 16 bit floats; the smallest
   * label among equals. This is nnU-Net's {@code resample_torch_fornnunet}.
   */
  LARGEST_HALF_PRECISION
}
