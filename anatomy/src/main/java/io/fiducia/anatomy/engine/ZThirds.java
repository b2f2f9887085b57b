package io.fiducia.anatomy.engine;

import io.fiducia.geometry.Size;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;

/**
 * The three overlapping slabs along z into which TotalSegmentator divides a large image. Each slab is
 * segmented by itself, and the labels of the overlaps are dropped.
 *
 * <p>Difference from TotalSegmentator: an image with fewer than 60 slices cannot be divided, where
 * TotalSegmentator fails.
 */
final class ZThirds {
  /** The number of slabs. */
  static final int COUNT = 3;

  /** Slices that neighbouring slabs share on each side. */
  private static final int MARGIN = 20;

  private final Size size;
  private final int third;

  ZThirds(Size size) {
    this.size = size;
    this.third = size.z() / COUNT;
  }

  /** Whether each slab is at least as thick as the margin. */
  static boolean fits(Size size) {
    return size.z() / COUNT >= MARGIN;
  }

  /** First slices of the slabs. */
  private int start(int slab) {
    return slab == 0 ? 0 : slab * third + 1 - MARGIN;
  }

  /** Slices after the last ones of the slabs. */
  private int end(int slab) {
    return slab == COUNT - 1 ? size.z() : (slab + 1) * third + MARGIN;
  }

  /** One slab of the image, of {@link #COUNT}; a copy. */
  FloatVolume slab(int slab, FloatVolume image) {
    return CropPad.apply(image,
        Region.between(0, 0, start(slab), size.x(), size.y(), end(slab)), 0);
  }

  /** Copies a slab's labels, without those of the overlaps, into the label map of the whole image. */
  void put(int slab, LabelVolume labels, LabelVolume whole) {
    int plane = size.x() * size.y();
    int from = slab * third;
    int to = slab == COUNT - 1 ? size.z() : (slab + 1) * third;
    System.arraycopy(labels.data(), (from - start(slab)) * plane, whole.data(), from * plane,
        (to - from) * plane);
  }
}
