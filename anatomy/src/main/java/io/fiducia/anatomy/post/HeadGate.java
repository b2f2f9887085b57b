package io.fiducia.anatomy.post;

import io.fiducia.geometry.Size;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * CADS's rule that its networks of the head may only mark the surroundings of a head: results outside
 * are erased, and all results where the image shows no head. The head is found by the brain of another
 * task. All label maps lie on one grid of 1.5 mm with x to the right, y to anterior and z to superior;
 * the first one of each method is changed.
 */
public final class HeadGate {
  /** A brain of fewer voxels is none. */
  private static final long BRAIN_VOXELS = 2000;
  private static final int ACROSS = 100;
  private static final int HEAD = 133;
  private static final int HEAD_AND_NECK = 200;

  private HeadGate() {}

  /**
   * Gates task 557: keeps a box around the brain's centroid, 100 voxels to both sides along x and y and
   * 133 along z; nothing without a brain.
   *
   * @param brainMap labels of task 553 after its own post-processing
   * @param brain its label of the brain
   */
  public static void head(LabelVolume labels, LabelVolume brainMap, int brain) {
    keep(labels, aroundBrain(brainMap, brain, HEAD));
  }

  /**
   * Gates task 558: keeps a box around the brain's centroid, 100 voxels to both sides along x and y and
   * 200 along z. Without a brain it keeps the slices from the lowest voxel of the upper spine upwards;
   * nothing without either.
   *
   * @param brainMap labels of task 553 after its own post-processing
   * @param brain its label of the brain
   * @param spineMap labels of task 552
   * @param upperSpine its labels of the upper spine, T4 to C1
   */
  public static void headAndNeck(LabelVolume labels, LabelVolume brainMap, int brain,
      LabelVolume spineMap, Collection<Integer> upperSpine) {
    keep(labels, aroundBrain(brainMap, brain, HEAD_AND_NECK)
        .or(() -> LabelBoxes.of(spineMap).box(upperSpine).map(spine -> {
          Size size = spineMap.geometry().size();
          return Region.between(0, 0, spine.startZ(), size.x(), size.y(), size.z());
        })));
  }

  /**
   * The box around the brain's centroid, whose coordinates are cut to whole voxels; on the upper side
   * the last voxel is the one before the full distance.
   */
  private static Optional<Region> aroundBrain(LabelVolume brainMap, int brain, int alongZ) {
    LabelBoxes boxes = LabelBoxes.of(brainMap);
    long count = boxes.count(brain);
    if (count < BRAIN_VOXELS) {
      return Optional.empty();
    }
    Region box = boxes.box(brain).orElseThrow();
    BoxMask mask = BoxMask.of(brainMap, box, v -> v == brain);
    Size size = box.size();
    long x = 0;
    long y = 0;
    long z = 0;
    int at = 0;
    for (int k = 0; k < size.z(); k++) {
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          if (mask.mask()[at++]) {
            x += i;
            y += j;
            z += k;
          }
        }
      }
    }
    int centreX = box.startX() + (int) (x / count);
    int centreY = box.startY() + (int) (y / count);
    int centreZ = box.startZ() + (int) (z / count);
    return Optional.of(Region.between(centreX - ACROSS, centreY - ACROSS, centreZ - alongZ,
        centreX + ACROSS, centreY + ACROSS, centreZ + alongZ).clippedTo(mask.grid()));
  }

  private static void keep(LabelVolume labels, Optional<Region> kept) {
    short[] data = labels.data();
    if (kept.isEmpty()) {
      Arrays.fill(data, (short) 0);
      return;
    }
    Region box = kept.get();
    Size size = labels.geometry().size();
    IntStream.range(0, size.z()).parallel().forEach(k -> {
      for (int j = 0; j < size.y(); j++) {
        int row = size.index(0, j, k);
        int end = row + size.x();
        if (within(k, box.startZ(), box.size().z()) && within(j, box.startY(), box.size().y())) {
          Arrays.fill(data, row, row + box.startX(), (short) 0);
          Arrays.fill(data, row + box.startX() + box.size().x(), end, (short) 0);
        } else {
          Arrays.fill(data, row, end, (short) 0);
        }
      }
    });
  }

  private static boolean within(int index, int start, int length) {
    return index >= start && index < start + length;
  }
}
