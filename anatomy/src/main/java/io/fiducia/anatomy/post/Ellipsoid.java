package io.fiducia.anatomy.post;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.util.stream.IntStream;

/**
 * An ellipsoid of voxels: a ball in millimetres on an anisotropic grid, with the very voxels that
 * TotalSegmentator takes. It samples each axis at -r, -r + 1, ... in voxels, computes in single
 * precision and takes the middle sample as origin: where the radius r is no whole number of voxels,
 * the ellipsoid is shifted by part of a voxel and reaches further on one side.
 */
final class Ellipsoid {
  /** Offset (x, y, z) of the first sample from the origin. */
  private final int[] first;
  /** Squared distance of each sample along each axis, as a share of the squared radius. */
  private final float[][] share;

  private Ellipsoid(int[] first, float[][] share) {
    this.first = first;
    this.share = share;
  }

  static Ellipsoid of(Vec3 spacingMm, double radiusMm) {
    int[] first = new int[3];
    float[][] share = new float[3][];
    for (int a = 0; a < 3; a++) {
      float radius = (float) radiusMm / (float) spacingMm.get(a);
      int n = (int) Math.ceil(radius + 1 - -radius);
      share[a] = new float[n];
      for (int i = 0; i < n; i++) {
        float at = i + -radius;
        share[a][i] = at * at / (radius * radius);
      }
      first[a] = -(n / 2);
    }
    return new Ellipsoid(first, share);
  }

  /** Whether the sample of these numbers along x, y and z belongs to the ellipsoid. */
  private boolean inside(int i, int j, int k) {
    return share[0][i] + share[1][j] + share[2][k] <= 1;
  }

  /** The mask dilated by this ellipsoid inside its box. */
  boolean[] dilate(BoxMask from) {
    Size size = from.box().size();
    boolean[] out = new boolean[size.voxels()];
    // A row of an ellipsoid is an interval, so that a run of voxels becomes a longer run.
    int[][] low = new int[share[2].length][share[1].length];
    int[][] high = new int[share[2].length][share[1].length];
    for (int k = 0; k < share[2].length; k++) {
      for (int j = 0; j < share[1].length; j++) {
        interval(j, k, low[k], high[k]);
      }
    }
    IntStream.range(0, size.z()).parallel().forEach(z -> {
      for (int k = 0; k < share[2].length; k++) {
        int sourceZ = z - first[2] - k;
        if (sourceZ >= 0 && sourceZ < size.z()) {
          for (int j = 0; j < share[1].length; j++) {
            if (low[k][j] <= high[k][j]) {
              spread(from.mask(), size, sourceZ, z, first[1] + j, low[k][j], high[k][j], out);
            }
          }
        }
      }
    });
    return out;
  }

  /** The offsets along x that belong to the ellipsoid in one of its rows; low above high if none. */
  private void interval(int j, int k, int[] low, int[] high) {
    low[j] = 1;
    high[j] = 0;
    boolean any = false;
    for (int i = 0; i < share[0].length; i++) {
      if (inside(i, j, k)) {
        low[j] = any ? low[j] : first[0] + i;
        high[j] = first[0] + i;
        any = true;
      }
    }
  }

  private static void spread(boolean[] mask, Size size, int sourceZ, int z, int stepY, int low,
      int high, boolean[] out) {
    for (int y = Math.max(0, stepY); y < Math.min(size.y(), size.y() + stepY); y++) {
      int source = size.index(0, y - stepY, sourceZ);
      int target = size.index(0, y, z);
      int x = 0;
      while (x < size.x()) {
        if (!mask[source + x]) {
          x++;
          continue;
        }
        int start = x;
        do {
          x++;
        } while (x < size.x() && mask[source + x]);
        int to = Math.min(size.x() - 1, x - 1 + high);
        for (int i = Math.max(0, start + low); i <= to; i++) {
          out[target + i] = true;
        }
      }
    }
  }
}
