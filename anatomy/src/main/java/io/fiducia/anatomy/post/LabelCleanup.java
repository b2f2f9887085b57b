package io.fiducia.anatomy.post;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.morphology.Connectivity;
import io.fiducia.morphology.LabelComponents;
import io.fiducia.morphology.Morphology;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * TotalSegmentator's clean-up of label maps. Each method changes the array of the label map that it is
 * given and returns how many voxels it changed. Blobs are connected through faces, as {@code
 * scipy.ndimage.label} connects them by default.
 */
public final class LabelCleanup {
  private LabelCleanup() {}

  /** Sets voxels of some labels to 0. */
  public static long erase(LabelVolume labels, Collection<Integer> erased) {
    if (erased.isEmpty()) {
      return 0;
    }
    return relabel(labels, label -> erased.contains(label) ? 0 : label);
  }

  /**
   * Sets each label to the one that a table gives for it; labels that the table does not name become
   * 0. TotalSegmentator's option {@code --v1_order} is such a table.
   *
   * @return the number of voxels whose label changed
   */
  public static long remap(LabelVolume labels, Map<Integer, Integer> newLabels) {
    return relabel(labels, label -> label > 0 ? newLabels.getOrDefault(label, 0) : label);
  }

  private interface NewLabel {
    int of(int label);
  }

  private static long relabel(LabelVolume labels, NewLabel newLabel) {
    short[] data = labels.data();
    short[] table = new short[1 << 16];
    for (int v = Short.MIN_VALUE; v <= Short.MAX_VALUE; v++) {
      table[v & 0xffff] = (short) newLabel.of(v);
    }
    Size size = labels.geometry().size();
    int plane = size.x() * size.y();
    return IntStream.range(0, size.z()).parallel().mapToLong(k -> {
      long changed = 0;
      for (int i = k * plane; i < (k + 1) * plane; i++) {
        short now = table[data[i] & 0xffff];
        changed += now == data[i] ? 0 : 1;
        data[i] = now;
      }
      return changed;
    }).sum();
  }

  /**
   * The labels of TotalSegmentator's first version for those of the present one, by name. Structures
   * that the first version lacked have no entry.
   */
  public static Map<Integer, Integer> toVersion1(Map<Integer, String> classes,
      Map<Integer, String> classesOfVersion1) {
    Map<String, Integer> old = new HashMap<>();
    classesOfVersion1.forEach((label, name) -> old.put(name, label));
    Map<Integer, Integer> table = new TreeMap<>();
    classes.forEach((label, name) -> {
      if (old.containsKey(name)) {
        table.put(label, old.get(name));
      }
    });
    return table;
  }

  /** Keeps the largest blob of a label; of several equally large ones numpy's first. */
  public static long keepLargest(LabelVolume labels, int label) {
    LabelComponents blobs = blobs(labels, List.of(label));
    long size = LongStream.rangeClosed(1, blobs.count()).map(c -> blobs.size((int) c)).max()
        .orElse(0);
    int kept = blobs.firstInNumpysOrder(c -> blobs.size(c) == size);
    return blobs.erase(c -> c != kept);
  }

  /**
   * Removes the blobs of some labels that are not larger than a volume. TotalSegmentator compares
   * counts of voxels with the volume over that of a voxel in single precision; so does this.
   *
   * @param volumeMm3 a blob of exactly this volume is removed
   */
  public static long removeSmall(LabelVolume labels, Collection<Integer> cleaned,
      double volumeMm3) {
    float limit = (float) volumeMm3 / voxelVolume(labels.geometry().spacingMm());
    LabelComponents blobs = blobs(labels, cleaned);
    return blobs.erase(c -> blobs.size(c) <= (double) limit);
  }

  private static LabelComponents blobs(LabelVolume labels, Collection<Integer> wanted) {
    return LabelComponents.of(labels.data(), labels.geometry().size(), wanted,
        Connectivity.FACES);
  }

  /** Volume of a voxel as numpy multiplies the three single-precision numbers of a NIfTI header. */
  static float voxelVolume(Vec3 spacingMm) {
    return (float) spacingMm.x() * (float) spacingMm.y() * (float) spacingMm.z();
  }

  /** Sets the voxels of a mask to 0 and returns their number. */
  static long erase(LabelVolume labels, BoxMask erased) {
    short[] data = labels.data();
    boolean[] mask = erased.mask();
    return erased.count((inBox, inGrid) -> {
      if (mask[inBox]) {
        data[inGrid] = 0;
      }
      return mask[inBox];
    });
  }

  /** How many dilations by one voxel make a distance: the whole part of it over the mean spacing. */
  public static int steps(double mm, Vec3 spacingMm) {
    float sum = (float) spacingMm.x() + (float) spacingMm.y() + (float) spacingMm.z();
    return (int) ((float) mm / (sum / 3));
  }

  /**
   * Removes what lies further than a number of steps along the axes from a mask.
   *
   * <p>For no step at all, only what lies in the mask is kept. TotalSegmentator removes nothing then,
   * because {@code scipy.ndimage.binary_dilation} takes 0 iterations to mean "until nothing changes";
   * it happens where voxels are larger than the distance.
   *
   * @param mask of the same grid as the labels
   */
  public static long keepNear(LabelVolume labels, boolean[] mask, int steps) {
    Size grid = labels.geometry().size();
    return LabelBoxes.of(labels).foreground().map(box -> {
      // What lies outside the grown box is too far away to reach into the box.
      Region reach = box.grown(steps, steps, steps).clippedTo(grid);
      BoxMask near = BoxMask.of(mask, grid, reach);
      boolean[] kept = Morphology.dilate(near.mask(), near.shape(), Connectivity.FACES, steps);
      short[] data = labels.data();
      return near.count((inBox, inGrid) -> {
        if (kept[inBox] || data[inGrid] <= 0) {
          return false;
        }
        data[inGrid] = 0;
        return true;
      });
    }).orElse(0L);
  }

  /** The voxels that carry any of some labels. */
  public static boolean[] mask(LabelVolume labels, Collection<Integer> wanted) {
    boolean[] table = new boolean[1 << 16];
    wanted.forEach(label -> table[label & 0xffff] = true);
    short[] data = labels.data();
    boolean[] mask = new boolean[data.length];
    Size size = labels.geometry().size();
    int plane = size.x() * size.y();
    IntStream.range(0, size.z()).parallel().forEach(k -> {
      for (int i = k * plane; i < (k + 1) * plane; i++) {
        mask[i] = table[data[i] & 0xffff];
      }
    });
    return mask;
  }
}
