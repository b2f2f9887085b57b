package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Chooses the case and the place of each sample as nnU-Net does: cases uniformly with replacement;
 * the last third of a batch about a foreground voxel, every class that occurs being equally likely;
 * the others anywhere, so that patches also cover the border.
 */
final class PatchSampler {
  /** The chosen case and where in it the initial patch begins (z, y, x; may be negative). */
  record Place(int caseIndex, int[] start) {}

  private final List<PatchSource> cases;
  private final int[] region;
  private final int[] pad;
  private final int batchSize;
  private final double foregroundShare;
  private final boolean ignoreLabel;

  PatchSampler(List<PatchSource> cases, int batchSize, AugmentationSettings settings) {
    this.cases = List.copyOf(cases);
    this.region = PatchShape.of(settings.initialPatch()).zyx();
    int[] patch = PatchShape.of(settings.patch()).zyx();
    this.pad = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      pad[axis] = region[axis] - patch[axis];
    }
    this.batchSize = batchSize;
    this.foregroundShare = settings.foregroundShare();
    this.ignoreLabel = settings.ignoreLabel();
  }

  /** Whether the sample of this number in its batch must contain foreground. */
  boolean forcesForeground(int sample) {
    return sample >= Math.rint(batchSize * (1 - foregroundShare));
  }

  Place place(int sample, SeededRandom random) {
    int index = Draws.index(random, cases.size());
    PatchSource source = cases.get(index);
    int[] shape = source.shape();
    int[] low = new int[3];
    int[] high = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      int extra = Math.max(pad[axis], region[axis] - shape[axis]);
      low[axis] = Math.floorDiv(-extra, 2);
      high[axis] = shape[axis] + extra / 2 + extra % 2 - region[axis];
    }
    int[] start = new int[3];
    int[] voxels = centres(source.classLocations(), forcesForeground(sample), random);
    if (voxels.length > 0) {
      int chosen = Draws.index(random, voxels.length / 3);
      for (int axis = 0; axis < 3; axis++) {
        // Not limited to high: upstream lets such a patch reach beyond the far border.
        start[axis] = Math.max(low[axis], voxels[3 * chosen + axis] - region[axis] / 2);
      }
    } else {
      for (int axis = 0; axis < 3; axis++) {
        start[axis] = Draws.between(random, low[axis], high[axis]);
      }
    }
    return new Place(index, start);
  }

  /** The voxels to centre on, of which one is to be chosen; empty to place the patch anywhere. */
  private int[] centres(Map<Integer, int[]> locations, boolean forced, SeededRandom random) {
    int[] none = {};
    if (!forced) {
      return ignoreLabel ? locations.getOrDefault(PatchSource.ANNOTATED, none) : none;
    }
    // In the order of the labels, whatever order the map has.
    List<int[]> present = new ArrayList<>();
    for (Map.Entry<Integer, int[]> entry : new TreeMap<>(locations).entrySet()) {
      if (entry.getKey() != PatchSource.ANNOTATED && entry.getValue().length > 0) {
        present.add(entry.getValue());
      }
    }
    if (present.isEmpty()) {
      return ignoreLabel ? locations.getOrDefault(PatchSource.ANNOTATED, none) : none;
    }
    return present.get(Draws.index(random, present.size()));
  }
}
