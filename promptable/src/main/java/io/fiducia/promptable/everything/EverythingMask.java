package io.fiducia.promptable.everything;

import io.fiducia.promptable.slice.PixelBox;
import java.util.BitSet;

/**
 * One mask of a picture.
 *
 * @param pixels of the picture that lie inside, row by row; not copied, must not change
 * @param area number of pixels inside
 * @param box around them; its corners are pixels inside the box
 * @param predictedIou how well the model thinks that the mask fits
 * @param stability IoU of the masks of a higher and a lower threshold, 0 to 1
 * @param pointX column of the point that was the prompt; a fraction
 * @param pointY row of that point
 * @param crop the part of the picture that the model saw
 */
public record EverythingMask(BitSet pixels, int area, PixelBox box, double predictedIou,
    double stability, double pointX, double pointY, PictureCrop crop) {
  /** The same prompt's mask with other pixels. */
  EverythingMask withPixels(BitSet changed, PixelBox around) {
    return new EverythingMask(changed, changed.cardinality(), around, predictedIou, stability,
        pointX, pointY, crop);
  }

  /** Without the pixels. */
  @Override
  public String toString() {
    return "mask of " + area + " pixels in " + box + ", predicted IoU " + predictedIou
        + ", stability " + stability;
  }
}
