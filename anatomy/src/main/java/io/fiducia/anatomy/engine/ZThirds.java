package io.fiducia.anatomy.engine;

import io.fiducia.geometry.Size;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The three overlapping slabs along z into which TotalSegmentator divides a large image. Each slab is
 * segmented by itself, and the labels of the overlaps are dropped.
 *
 * <p>Difference from TotalSegmentator: an image with fewer than 60 slices cannot be divided, where
 * TotalSegmentator fails.
 */
final class ZThirds {
  /** Slices that neighbouring slabs share on each side. */
  private static final int MARGIN = 20;

  private final Size size;
  private final int third;

  ZThirds(Size size) {
    this.size = size;
    this.third = size.z() / 3;
  }

  /** Whether each slab is at least as thick as the margin. */
  static boolean fits(Size size) {
    return size.z() / 3 >= MARGIN;
  }

  /** First slices of the slabs. */
  private int start(int slab) {
    return slab == 0 ? 0 : slab * third + 1 - MARGIN;
  }

  /** Slices after the last ones of the slabs. */
  private int end(int slab) {
    return slab == 2 ? size.z() : (slab + 1) * third + MARGIN;
  }

  /** The slabs of the image. */
  List<FloatVolume> divide(FloatVolume image) {
    return IntStream.range(0, 3).mapToObj(s -> CropPad.apply(image,
        Region.between(0, 0, start(s), size.x(), size.y(), end(s)), 0)).toList();
  }

  /** The label map of the whole image, from those of the slabs. */
  LabelVolume join(List<LabelVolume> slabs, FloatVolume image) {
    short[] whole = new short[size.voxels()];
    int plane = size.x() * size.y();
    for (int s = 0; s < 3; s++) {
      int from = s * third;
      int to = s == 2 ? size.z() : (s + 1) * third;
      System.arraycopy(slabs.get(s).data(), (from - start(s)) * plane, whole, from * plane,
          (to - from) * plane);
    }
    return new LabelVolume(image.geometry(), whole);
  }
}
