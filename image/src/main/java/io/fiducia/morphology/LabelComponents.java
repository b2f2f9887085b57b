package io.fiducia.morphology;

import io.fiducia.geometry.Size;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.IntPredicate;

/**
 * The connected components of several labels of a label map, found in one pass for all of them;
 * components of different labels are never joined. They are numbered from 1 in raster order of their
 * first voxels. Needs memory for runs of voxels only.
 */
public final class LabelComponents {
  private final short[] labels;
  private final Size size;
  private final Runs runs;
  /** Component of each run. */
  private final int[] component;
  /** Voxels of each component; entry 0 is unused. */
  private final long[] sizes;
  private final int[] labelOf;

  private LabelComponents(short[] labels, Size size, boolean[] wanted,
      Connectivity connectivity) {
    this.labels = labels;
    this.size = size;
    runs = new Runs(labels, wanted, new int[]{size.z(), size.y(), size.x()}, connectivity);
    component = new int[runs.count()];
    int n = 0;
    for (int r = 0; r < component.length; r++) {
      int root = runs.root(r);
      component[r] = root == r ? ++n : component[root];
    }
    sizes = new long[n + 1];
    labelOf = new int[n + 1];
    runs.forEach((r, row) -> {
      sizes[component[r]] += runs.end(r) - runs.start(r);
      labelOf[component[r]] = labels[row * size.x() + runs.start(r)];
    });
  }

  /** The components of some labels (above 0) of a label map, x fastest. */
  public static LabelComponents of(short[] labels, Size size, Collection<Integer> wanted,
      Connectivity connectivity) {
    boolean[] table = new boolean[wanted.stream().mapToInt(l -> l + 1).max().orElse(0)];
    wanted.forEach(l -> table[l] = true);
    return new LabelComponents(labels, size, table, connectivity);
  }

  /** The number of components. */
  public int count() {
    return sizes.length - 1;
  }

  /** Voxels of a component, 1 to {@link #count()}. */
  public long size(int number) {
    return sizes[number];
  }

  /** The label of a component, 1 to {@link #count()}. */
  public int label(int number) {
    return labelOf[number];
  }

  /**
   * Of some components the one whose first voxel comes first where z runs fastest and x slowest, as in
   * numpy for an image indexed (x, y, z); 0 if none is accepted.
   */
  public int firstInNumpysOrder(IntPredicate accepted) {
    int[] best = {0};
    long[] place = {Long.MAX_VALUE};
    runs.forEach((r, row) -> {
      long here = ((long) runs.start(r) * size.y() + row % size.y()) * size.z() + row / size.y();
      if (here < place[0] && accepted.test(component[r])) {
        best[0] = component[r];
        place[0] = here;
      }
    });
    return best[0];
  }

  /** Sets the voxels of the accepted components to 0 in the label map and returns their number. */
  public long erase(IntPredicate accepted) {
    boolean[] erased = new boolean[sizes.length];
    long voxels = 0;
    for (int c = 1; c < erased.length; c++) {
      erased[c] = accepted.test(c);
      voxels += erased[c] ? sizes[c] : 0;
    }
    if (voxels > 0) {
      runs.forEach((r, row) -> {
        if (erased[component[r]]) {
          Arrays.fill(labels, row * size.x() + runs.start(r), row * size.x() + runs.end(r),
              (short) 0);
        }
      });
    }
    return voxels;
  }
}
