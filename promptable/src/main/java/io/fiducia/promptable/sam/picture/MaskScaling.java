package io.fiducia.promptable.sam.picture;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;

/**
 * Scales what a network answers to the size of a picture.
 *
 * @param frame where the picture lies in the network's square
 * @param maskSide places along each side of the network's masks
 */
public record MaskScaling(PictureFrame frame, int maskSide) {
  /**
   * Values at the picture's pixels, (batch, masks, y, x).
   *
   * @param masks (batch, masks, side, side) of the network
   */
  public Tensor atPicture(Tensor masks) {
    return switch (frame.preparation()) {
      case SAM, COMPACT -> Functional.resize(
          Functional.resize(masks, frame.side(), frame.side())
              .narrow(2, 0, frame.scaledHeight()).narrow(3, 0, frame.scaledWidth()),
          frame.height(), frame.width());
      case MEDSAM -> Functional.resize(masks, frame.height(), frame.width());
      case LITEMEDSAM -> Functional.resize(
          masks.narrow(2, 0, filledRows()).narrow(3, 0, filledColumns()), frame.height(),
          frame.width());
    };
  }

  /** Columns of the network's mask that the picture fills. */
  public int filledColumns() {
    return filled(frame.scaledWidth());
  }

  /** Rows of the network's mask that the picture fills. */
  public int filledRows() {
    return filled(frame.scaledHeight());
  }

  private int filled(int scaled) {
    return Math.max(1, Math.toIntExact(Math.round((double) scaled * maskSide / frame.side())));
  }
}
