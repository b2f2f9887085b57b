package io.fiducia.anatomy.output;

/**
 * Smooth outlines between columns of voxels: the structure at a point is the one with the most weight
 * among the 16 columns around it, and its brightness the mean of its columns'.
 */
final class ColumnVote {
  private final short[] labels;
  private final float[] shades;
  private final int nx;
  private final int nz;
  private int label;
  private double shade;
  private final int[] labelsFound = new int[16];
  private final double[] weight = new double[16];
  private final double[] light = new double[16];

  /**
   * @param labels of nx * nz columns, the first index fastest
   * @param shades brightness of each column
   */
  ColumnVote(short[] labels, float[] shades, int nx, int nz) {
    this.labels = labels;
    this.shades = shades;
    this.nx = nx;
    this.nz = nz;
  }

  /** Finds the structure at a point, in columns. */
  void at(double x, double z) {
    int i0 = (int) Math.floor(x) - 1;
    int k0 = (int) Math.floor(z) - 1;
    int found = 0;
    for (int dk = 0; dk < 4; dk++) {
      int k = Math.clamp(k0 + dk, 0, nz - 1);
      double wz = spline(z - (k0 + dk));
      for (int di = 0; di < 4; di++) {
        int i = Math.clamp(i0 + di, 0, nx - 1);
        double w = wz * spline(x - (i0 + di));
        int l = labels[k * nx + i];
        int n = 0;
        while (n < found && labelsFound[n] != l) {
          n++;
        }
        if (n == found) {
          labelsFound[n] = l;
          weight[n] = 0;
          light[n] = 0;
          found++;
        }
        weight[n] += w;
        light[n] += w * shades[k * nx + i];
      }
    }
    int best = 0;
    for (int n = 1; n < found; n++) {
      best = weight[n] > weight[best] ? n : best;
    }
    label = labelsFound[best];
    shade = light[best] / weight[best];
  }

  /** The structure at the last point, 0 for none. */
  int label() {
    return label;
  }

  /** The brightness at the last point. */
  double shade() {
    return shade;
  }

  /** The cubic B-spline, which is 0 from 2 on. */
  private static double spline(double distance) {
    double t = Math.abs(distance);
    if (t >= 2) {
      return 0;
    }
    return t < 1 ? 2 / 3.0 - t * t + t * t * t / 2 : (2 - t) * (2 - t) * (2 - t) / 6;
  }
}
