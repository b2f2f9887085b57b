package io.fiducia.learn.augment;

import java.util.ArrayList;
import java.util.List;

/**
 * A ball, or in 2D a disk, of any radius, as runs of voxels: what scikit-image's {@code ball} and
 * {@code disk} give, placed as a convolution with padding "same" places it. A radius that is
 * not a whole number gives a ball that is not exactly centred where its width is even, and a disk that
 * is not symmetric; nnU-Net's cascade augmentation has the same shapes.
 *
 * @param runs one per row of the element that holds a voxel
 */
record StructuringElement(List<Run> runs) {
  /** Voxels at offsets (z, y, first) to (z, y, last). */
  record Run(int z, int y, int first, int last) {}

  StructuringElement {
    runs = List.copyOf(runs);
  }

  /** A ball; {@code radius} in voxels. */
  static StructuringElement ball(double radius) {
    int edge = (int) (2 * radius + 1);
    double[] at = new double[edge];
    for (int i = 0; i < edge; i++) {
      at[i] = edge == 1 ? -radius : -radius + i * (2 * radius / (edge - 1));
    }
    return of(at, at, radius);
  }

  /** A disk within one slice; {@code radius} in voxels. */
  static StructuringElement disk(double radius) {
    int edge = (int) Math.ceil(2 * radius + 1);
    double[] at = new double[edge];
    for (int i = 0; i < edge; i++) {
      at[i] = -radius + i;
    }
    return of(new double[]{0}, at, radius);
  }

  private static StructuringElement of(double[] zs, double[] at, double radius) {
    List<Run> runs = new ArrayList<>();
    for (int z = 0; z < zs.length; z++) {
      for (int y = 0; y < at.length; y++) {
        int first = -1;
        int last = -1;
        for (int x = 0; x < at.length; x++) {
          if (at[x] * at[x] + at[y] * at[y] + zs[z] * zs[z] <= radius * radius) {
            first = first < 0 ? x : first;
            last = x;
          }
        }
        if (first >= 0) {
          int middle = (at.length - 1) / 2;
          runs.add(new Run(z - (zs.length - 1) / 2, y - middle, first - middle, last - middle));
        }
      }
    }
    return new StructuringElement(runs);
  }
}
