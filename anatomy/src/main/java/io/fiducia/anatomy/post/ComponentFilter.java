package io.fiducia.anatomy.post;

import io.fiducia.morphology.Connectivity;
import io.fiducia.morphology.FillHoles;
import io.fiducia.morphology.LabelComponents;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * CADS's clean-up of single structures on its grid of 1.5 mm. Each method changes the array of the
 * label map that it is given and returns how many voxels it changed.
 */
public final class ComponentFilter {
  private ComponentFilter() {}

  /**
   * Removes small and surplus components of a label: going from the largest (26 neighbours) to the
   * smallest, the first one that is below the threshold or one more than allowed, and all after it.
   * The largest component is not protected: a structure below the threshold disappears.
   *
   * <p>Equally large components go in the order of their first voxels in the array. CADS's original
   * keeps the components' ranks in eight bits, so that beyond 255 of them small ones can survive there;
   * here none does.
   *
   * @param minVoxels a component of exactly this many voxels stays
   * @param maxComponents how many components may stay; empty: any number
   */
  public static long removeSmall(LabelVolume labels, int label, long minVoxels,
      OptionalInt maxComponents) {
    LabelComponents components = LabelComponents.of(labels.data(), labels.geometry().size(),
        List.of(label), Connectivity.CORNERS);
    List<Integer> largestFirst = IntStream.rangeClosed(1, components.count()).boxed()
        .sorted(Comparator.comparingLong((Integer c) -> components.size(c)).reversed()).toList();
    int kept = 0;
    while (kept < largestFirst.size() && components.size(largestFirst.get(kept)) >= minVoxels
        && kept < maxComponents.orElse(Integer.MAX_VALUE)) {
      kept++;
    }
    boolean[] removed = new boolean[components.count() + 1];
    largestFirst.subList(kept, largestFirst.size()).forEach(c -> removed[c] = true);
    return components.erase(c -> removed[c]);
  }

  /**
   * Fills the holes of a label: in three dimensions, then in each slice along z (superior), x (right)
   * and y (anterior), then in three dimensions again. Voxels of other labels are never overwritten,
   * and each step sees what the step before has filled.
   *
   * @param labels with x to the right, y to anterior and z to superior
   */
  public static long fillHoles(LabelVolume labels, int label) {
    return LabelBoxes.of(labels).box(label).map(box -> {
      BoxMask own = BoxMask.of(labels, box, v -> v == label);
      int[] shape = own.shape();
      long filled = fill(labels, label, own, FillHoles.fill(own.mask(), shape));
      for (int axis : new int[]{0, 2, 1}) {
        filled += fill(labels, label, own, FillHoles.fillSlices(own.mask(), shape, axis));
      }
      return filled + fill(labels, label, own, FillHoles.fill(own.mask(), shape));
    }).orElse(0L);
  }

  /** Gives a label to the voxels of a mask that are background, in the map and in the label's mask. */
  private static long fill(LabelVolume labels, int label, BoxMask own, boolean[] wanted) {
    short[] data = labels.data();
    return own.count((inBox, inGrid) -> {
      if (!wanted[inBox] || data[inGrid] != 0) {
        return false;
      }
      data[inGrid] = (short) label;
      own.mask()[inBox] = true;
      return true;
    });
  }
}
