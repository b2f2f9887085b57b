package io.fiducia.morphology;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The connected components of a mask, numbered from 1 in raster order of their first voxels, as
 * {@code scipy.ndimage.label} numbers them.
 */
public final class Components {
  private final Runs runs;
  private final int width;
  private final int voxels;
  /** Component of each run. */
  private final int[] component;
  /** Voxels of each component; entry 0 is the background. */
  private final long[] sizes;

  private Components(boolean[] mask, int[] shape, Connectivity connectivity) {
    runs = new Runs(mask, true, shape, connectivity);
    width = shape[2];
    voxels = mask.length;
    component = new int[runs.count()];
    long[] counted = new long[runs.count() + 1];
    int n = 0;
    long foreground = 0;
    for (int r = 0; r < component.length; r++) {
      int root = runs.root(r);
      component[r] = root == r ? ++n : component[root];
      int length = runs.end(r) - runs.start(r);
      counted[component[r]] += length;
      foreground += length;
    }
    counted[0] = voxels - foreground;
    sizes = Arrays.copyOf(counted, n + 1);
  }

  /** The components of a mask; shape slowest axis first. */
  public static Components of(boolean[] mask, int[] shapeZyx, Connectivity connectivity) {
    Masks.check(mask, shapeZyx);
    return new Components(mask, shapeZyx, connectivity);
  }

  /** The number of components. */
  public int count() {
    return sizes.length - 1;
  }

  /** Voxels of a component, 1 to {@link #count()}; of the background for 0. */
  public long size(int number) {
    return sizes[number];
  }

  /** Each voxel's component number, 0 outside the mask. */
  public int[] labels() {
    int[] out = new int[voxels];
    for (int row = 0; row < runs.rows(); row++) {
      for (int r = runs.rowFirst(row); r < runs.rowFirst(row + 1); r++) {
        Arrays.fill(out, row * width + runs.start(r), row * width + runs.end(r), component[r]);
      }
    }
    return out;
  }

  /** The mask of the components whose number is accepted. */
  public boolean[] mask(IntPredicate accepted) {
    boolean[] keep = new boolean[sizes.length];
    for (int c = 1; c < keep.length; c++) {
      keep[c] = accepted.test(c);
    }
    boolean[] out = new boolean[voxels];
    for (int row = 0; row < runs.rows(); row++) {
      for (int r = runs.rowFirst(row); r < runs.rowFirst(row + 1); r++) {
        if (keep[component[r]]) {
          Arrays.fill(out, row * width + runs.start(r), row * width + runs.end(r), true);
        }
      }
    }
    return out;
  }

  /** The mask of the largest component, or of all that share the largest size. */
  public boolean[] largest() {
    long max = Arrays.stream(sizes).skip(1).max().orElse(0);
    return mask(c -> sizes[c] == max);
  }

  /** The mask of the components of at least this many voxels. */
  public boolean[] atLeast(long minVoxels) {
    return mask(c -> sizes[c] >= minVoxels);
  }
}
