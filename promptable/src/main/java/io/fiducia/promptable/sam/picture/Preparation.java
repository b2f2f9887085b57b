package io.fiducia.promptable.sam.picture;

/** How a family prepares pictures, and what it makes of its masks. */
public enum Preparation {
  /**
   * SAM and MobileSAM: rounded to 8 bit, the longest side scaled with anti-aliasing, ImageNet's mean and
   * deviation of the three colours, then zeros to the right and below. Logits are scaled to the picture.
   */
  SAM,
  /**
   * MedSAM: scaled to a square by cubic splines, whatever the picture's shape, then from its smallest value
   * to its largest. Probabilities are scaled to the picture, not logits.
   */
  MEDSAM,
  /**
   * LiteMedSAM: rounded to 8 bit, the longest side scaled by area, from its smallest value to its largest,
   * then zeros to the right and below. A box's corners are cut to whole pixels. Logits are scaled to the
   * picture.
   */
  LITEMEDSAM,
  /** The compact model: as SAM, but a box has the outer borders of its corner pixels, and a point the middle of its pixel. */
  COMPACT
}
