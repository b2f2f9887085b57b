package io.fiducia.morphology;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Exact Euclidean distances between voxel centres of an anisotropic grid with axes at right angles, in
 * linear time by one pass per axis (lower envelopes of parabolas: Felzenszwalb and Huttenlocher, Theory of Computing 2012).
 * Shapes and spacings are slowest axis first (z, y, x).
 */
public final class DistanceTransform {
  private static final double FAR = Double.POSITIVE_INFINITY;
  private static final int LINES = 16;

  private DistanceTransform() {}

  /**
   * For each voxel of the mask the distance to the nearest voxel outside it, 0 for voxels outside it:
   * {@code scipy.ndimage.distance_transform_edt(mask, sampling)}. Where the mask covers the whole
   * volume every distance is infinite (scipy's result has no meaning there).
   */
  public static double[] toBackground(boolean[] mask, int[] shapeZyx, double[] spacingZyxMm) {
    return roots(squaredTo(mask, false, shapeZyx, spacingZyxMm));
  }

  /**
   * For each voxel the distance to the nearest voxel of the mask, 0 inside it. An empty mask leaves
   * every distance infinite.
   */
  public static double[] toMask(boolean[] mask, int[] shapeZyx, double[] spacingZyxMm) {
    return roots(squaredTo(mask, true, shapeZyx, spacingZyxMm));
  }

  private static double[] roots(double[] squared) {
    IntStream.range(0, squared.length).parallel().forEach(i -> squared[i] = Math.sqrt(squared[i]));
    return squared;
  }

  /**
   * For each voxel the squared distance (mm2) to the nearest voxel with a value, infinite if there is
   * none.
   */
  public static double[] squaredTo(boolean[] mask, boolean value, int[] shapeZyx,
      double[] spacingZyxMm) {
    Masks.check(mask, shapeZyx);
    if (spacingZyxMm.length != 3) {
      throw new IllegalArgumentException("spacing " + Arrays.toString(spacingZyxMm));
    }
    for (double s : spacingZyxMm) {
      if (!(s > 0) || !Double.isFinite(s)) {
        throw new IllegalArgumentException("spacing " + Arrays.toString(spacingZyxMm));
      }
    }
    double[] d = new double[mask.length];
    int width = shapeZyx[2];
    int plane = shapeZyx[1] * width;
    IntStream.range(0, shapeZyx[0]).parallel().forEach(k -> {
      for (int j = 0; j < shapeZyx[1]; j++) {
        rowDistances(mask, value, k * plane + j * width, width, spacingZyxMm[2], d);
      }
      columns(d, k * plane, shapeZyx[1], width, 0, width, spacingZyxMm[1]);
    });
    int blocks = (plane + LINES - 1) / LINES;
    int chunks = Math.min(blocks, 64);
    IntStream.range(0, chunks).parallel().forEach(c -> {
      int from = (int) ((long) blocks * c / chunks) * LINES;
      int to = Math.min(plane, (int) ((long) blocks * (c + 1) / chunks) * LINES);
      columns(d, 0, shapeZyx[0], plane, from, to, spacingZyxMm[0]);
    });
    return d;
  }

  /** Squared distance along a row to the nearest voxel with the value. */
  private static void rowDistances(boolean[] mask, boolean value, int offset, int n, double h,
      double[] d) {
    int last = -1;
    for (int i = 0; i < n; i++) {
      if (mask[offset + i] == value) {
        int middle = last < 0 ? 0 : (last + i + 1) / 2;
        for (int q = middle; q < i; q++) {
          double r = (i - q) * h;
          d[offset + q] = r * r;
        }
        d[offset + i] = 0;
        last = i;
      } else if (last < 0) {
        d[offset + i] = FAR;
      } else {
        double r = (i - last) * h;
        d[offset + i] = r * r;
      }
    }
  }

  /** One pass over the columns [from, to) of a plane of n rows that lie {@code stride} apart. */
  private static void columns(double[] d, int offset, int n, int stride, int from, int to,
      double h) {
    if (n == 1) {
      return;
    }
    double[][] lines = new double[LINES][n];
    Envelope envelope = new Envelope(n, h);
    for (int c = from; c < to; c += LINES) {
      int width = Math.min(LINES, to - c);
      for (int i = 0; i < n; i++) {
        int at = offset + i * stride + c;
        for (int j = 0; j < width; j++) {
          lines[j][i] = d[at + j];
        }
      }
      boolean changed = false;
      for (int j = 0; j < width; j++) {
        changed |= envelope.lower(lines[j]);
      }
      if (!changed) {
        continue;
      }
      for (int i = 0; i < n; i++) {
        int at = offset + i * stride + c;
        for (int j = 0; j < width; j++) {
          d[at + j] = lines[j][i];
        }
      }
    }
  }

  /** Working space for the lower envelope of one line's parabolas. */
  private static final class Envelope {
    private final int n;
    private final double h2;
    private final int[] site;
    private final double[] height;
    private final double[] bound;

    Envelope(int n, double h) {
      this.n = n;
      this.h2 = h * h;
      site = new int[n];
      height = new double[n];
      bound = new double[n + 1];
    }

    /** Replaces f by the minimum over q of f(q) + h2 (p - q)^2; false if nothing can change. */
    boolean lower(double[] f) {
      int top = -1;
      boolean flat = true;
      for (int q = 0; q < n; q++) {
        double fq = f[q];
        flat &= fq == 0;
        if (fq == FAR) {
          continue;
        }
        double from = Double.NEGATIVE_INFINITY;
        while (top >= 0) {
          int p = site[top];
          // Where the parabola from q falls below the one from p, in voxels.
          from = ((fq - height[top]) / h2 + (double) (q - p) * (q + p)) / (2.0 * (q - p));
          if (from > bound[top]) {
            break;
          }
          top--;
          from = Double.NEGATIVE_INFINITY;
        }
        top++;
        site[top] = q;
        height[top] = fq;
        bound[top] = from;
      }
      if (flat || top < 0) {
        return false;
      }
      int k = 0;
      bound[top + 1] = FAR;
      for (int p = 0; p < n; p++) {
        while (bound[k + 1] < p) {
          k++;
        }
        double step = p - site[k];
        f[p] = height[k] + h2 * step * step;
      }
      return true;
    }
  }
}
