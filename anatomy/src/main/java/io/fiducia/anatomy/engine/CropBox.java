package io.fiducia.anatomy.engine;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.Optional;

/**
 * The box around a mask to which an image is cropped before a network sees it.
 *
 * @param region the box in voxels of the image
 * @param whole size of the image
 */
public record CropBox(Region region, Size whole) {
  /**
   * The box of a mask with a margin, inside the image; empty if the mask is.
   *
   * @param mask above 0 where something is
   * @param marginMm margin (x, y, z) along the axes of the image, truncated to whole voxels as
   *     TotalSegmentator does
   */
  public static Optional<CropBox> around(LabelVolume mask, Vec3 marginMm) {
    Size size = mask.geometry().size();
    Vec3 spacing = mask.geometry().spacingMm();
    return CropPad.boundingBox(mask).map(box -> new CropBox(box.grown(
        (int) (marginMm.x() / (float) spacing.x()), (int) (marginMm.y() / (float) spacing.y()),
        (int) (marginMm.z() / (float) spacing.z())).clippedTo(size), size));
  }

  /** The image inside the box, its values truncated to whole numbers as TotalSegmentator does. */
  public FloatVolume crop(FloatVolume image) {
    FloatVolume inside = CropPad.apply(image, region, 0);
    float[] data = inside.data();
    for (int i = 0; i < data.length; i++) {
      data[i] = (int) data[i];
    }
    return inside;
  }

  /** Labels inside the box on the grid of the whole image; 0 elsewhere. */
  public LabelVolume undo(LabelVolume inside) {
    return CropPad.apply(inside, region.inverse(whole), (short) 0);
  }
}
