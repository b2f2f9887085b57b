package io.fiducia.learn.picture;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;

/**
 * A smooth random function on the unit square: a cubic B-spline whose coefficients are independent and
 * normal. That is white noise smoothed by a kernel of standard deviation 0.58 cells.
 */
public final class SmoothField {
  /** A value that is 0 everywhere. */
  public static final SmoothField NONE = new SmoothField(1, new float[16], true);

  /** Standard deviation of a spline with coefficients of standard deviation 1, averaged over places. */
  private static final double OF_UNIT_COEFFICIENTS = 0.48;

  private final int cells;
  private final int stride;
  private final float[] coefficients;
  private final boolean none;

  private SmoothField(int cells, float[] coefficients, boolean none) {
    this.cells = cells;
    this.stride = cells + 3;
    this.coefficients = coefficients;
    this.none = none;
  }

  /** A function with {@code cells} cells along each side. */
  public static SmoothField draw(SeededRandom random, int cells, double std) {
    float[] values = new float[(cells + 3) * (cells + 3)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (std / OF_UNIT_COEFFICIENTS * Draws.normal(random));
    }
    return new SmoothField(cells, values, false);
  }

  /** The value at a place; outside of the unit square that of the nearest place inside. */
  public double at(double x, double y) {
    if (none) {
      return 0;
    }
    double gx = Math.clamp(x, 0, 1) * cells;
    double gy = Math.clamp(y, 0, 1) * cells;
    int ix = Math.min(cells - 1, (int) gx);
    int iy = Math.min(cells - 1, (int) gy);
    double fx = gx - ix;
    double fy = gy - iy;
    double sum = 0;
    for (int j = 0; j < 4; j++) {
      int row = (iy + j) * stride + ix;
      sum += weight(j, fy)
          * (weight(0, fx) * coefficients[row] + weight(1, fx) * coefficients[row + 1]
              + weight(2, fx) * coefficients[row + 2] + weight(3, fx) * coefficients[row + 3]);
    }
    return sum;
  }

  private static double weight(int tap, double f) {
    double g = 1 - f;
    return switch (tap) {
      case 0 -> g * g * g / 6;
      case 1 -> (3 * f * f * f - 6 * f * f + 4) / 6;
      case 2 -> (3 * g * g * g - 6 * g * g + 4) / 6;
      default -> f * f * f / 6;
    };
  }

  /** The values at the centres of side x side pixels, row by row, by way of a {@link NoiseLattice}. */
  public float[] raster(int side) {
    NoiseLattice lattice = new NoiseLattice(side);
    int nodes = lattice.nodes();
    double[] coarse = new double[nodes * nodes];
    for (int n = 0; n < coarse.length; n++) {
      coarse[n] = at(lattice.place(n % nodes), lattice.place(n / nodes));
    }
    float[] out = new float[side * side];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) lattice.at(coarse, i % side, i / side);
    }
    return out;
  }
}
