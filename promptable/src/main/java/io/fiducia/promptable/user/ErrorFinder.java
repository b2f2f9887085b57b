package io.fiducia.promptable.user;

import io.fiducia.base.SeededRandom;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.morphology.DistanceTransform;
import io.fiducia.promptable.volume.SliceAxes;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds the largest connected part of a mask, and the place in it that is farthest from its border. */
final class ErrorFinder {
  private final SliceAxes axes;
  private final UserSettings.Reach reach;

  ErrorFinder(SliceAxes axes, UserSettings.Reach reach) {
    this.axes = axes;
    this.reach = reach;
  }

  /**
   * A connected part of a mask.
   *
   * @param slice that it lies in, or that a user would look at; the deepest place lies in it
   * @param deepest place of the slice that is farthest from the part's border
   * @param size number of voxels
   * @param inSlice the part in the slice
   * @param depthMm distance to the border of each of the slice's voxels, within the slice
   */
  record Part(int slice, int deepest, long size, boolean[] inSlice, double[] depthMm) {}

  /** The largest part of a mask; the first of equally large ones. Empty if the mask is. */
  Optional<Part> largest(boolean[] mask, SeededRandom random) {
    return reach == UserSettings.Reach.VOLUME
        ? largestInVolume(mask, random)
        : largestInSlices(mask, random);
  }

  private Optional<Part> largestInSlices(boolean[] mask, SeededRandom random) {
    int slice = -1;
    boolean[] best = {};
    long size = 0;
    int[] shape = {1, axes.rows(), axes.columns()};
    for (int k = 0; k < axes.slices(); k++) {
      boolean[] cut = axes.cut(mask, k);
      Components parts = Components.of(cut, shape, Connectivity.FACES);
      for (int c = 1; c <= parts.count(); c++) {
        if (parts.size(c) > size) {
          size = parts.size(c);
          slice = k;
          int chosen = c;
          best = parts.mask(n -> n == chosen);
        }
      }
    }
    return slice < 0 ? Optional.empty() : Optional.of(part(slice, size, best, random));
  }

  private Optional<Part> largestInVolume(boolean[] mask, SeededRandom random) {
    int[] shape = {axes.grid().size().z(), axes.grid().size().y(), axes.grid().size().x()};
    Components parts = Components.of(mask, shape, Connectivity.FACES);
    if (parts.count() == 0) {
      return Optional.empty();
    }
    int largest = IntStream.rangeClosed(1, parts.count())
        .reduce((a, b) -> parts.size(b) > parts.size(a) ? b : a).orElseThrow();
    boolean[] part = parts.mask(n -> n == largest);
    double[] depth = DistanceTransform.toBackground(bordered(part, shape),
        new int[]{shape[0] + 2, shape[1] + 2, shape[2] + 2},
        new double[]{axes.grid().spacingMm().z(), axes.grid().spacingMm().y(),
          axes.grid().spacingMm().x()});
    int[] at = place(deepest(depth, random), shape);
    int slice = at[axes.normal()];
    Part inSlice = part(slice, parts.size(largest), axes.cut(part, slice), random);
    return Optional.of(new Part(slice, at[axes.row()] * axes.columns() + at[axes.column()],
        inSlice.size(), inSlice.inSlice(), inSlice.depthMm()));
  }

  /** The indices i, j, k of a place in a bordered array. */
  private static int[] place(int bordered, int[] shape) {
    int w = shape[2] + 2;
    int h = shape[1] + 2;
    return new int[]{bordered % w - 1, bordered / w % h - 1, bordered / w / h - 1};
  }

  /** The mask with a border of background: the image's edge counts as a border of what it cuts off. */
  private static boolean[] bordered(boolean[] mask, int[] shape) {
    int w = shape[2] + 2;
    int h = shape[1] + 2;
    boolean[] out = new boolean[w * h * (shape[0] + 2)];
    for (int row = 0; row < shape[0] * shape[1]; row++) {
      int to = ((row / shape[1] + 1) * h + row % shape[1] + 1) * w + 1;
      System.arraycopy(mask, row * shape[2], out, to, shape[2]);
    }
    return out;
  }

  private Part part(int slice, long size, boolean[] inSlice, SeededRandom random) {
    int[] shape = {1, axes.rows(), axes.columns()};
    // One slice thick: distances to the empty slices of the border must not count.
    double far = axes.columnMm() * (axes.columns() + 2) + axes.rowMm() * (axes.rows() + 2);
    double[] bordered = DistanceTransform.toBackground(bordered(inSlice, shape),
        new int[]{3, axes.rows() + 2, axes.columns() + 2},
        new double[]{far, axes.rowMm(), axes.columnMm()});
    double[] depth = new double[inSlice.length];
    for (int i = 0; i < depth.length; i++) {
      depth[i] = bordered[((axes.rows() + 2) + i / axes.columns() + 1) * (axes.columns() + 2)
          + i % axes.columns() + 1];
    }
    return new Part(slice, deepest(depth, random), size, inSlice, depth);
  }

  /** One of the places with the largest value, drawn. */
  private static int deepest(double[] depth, SeededRandom random) {
    double most = 0;
    int count = 0;
    for (double d : depth) {
      if (d > most) {
        most = d;
        count = 0;
      }
      count += d == most ? 1 : 0;
    }
    int chosen = random.nextInt(count);
    for (int i = 0; i < depth.length; i++) {
      if (depth[i] == most && chosen-- == 0) {
        return i;
      }
    }
    throw new IllegalStateException("no place in an empty mask");
  }
}
