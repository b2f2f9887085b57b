package io.fiducia.learn.picture;

/**
 * Every fourth pixel of a square picture, along both axes: where smooth functions are computed exactly. In
 * between they are interpolated linearly.
 *
 * @param side pixels along each side of the picture
 */
public record NoiseLattice(int side) {
  private static final int STEP = 4;

  /** Number of nodes along each axis; the last may lie beyond the picture. */
  public int nodes() {
    return (side - 1) / STEP + 2;
  }

  /** Place of a node along an axis: the centre of its pixel, 0 and 1 being the picture's borders. */
  public double place(int node) {
    return (node * STEP + 0.5) / side;
  }

  /** The value at a pixel, of a function whose values at the nodes are given, row by row. */
  public double at(double[] values, int x, int y) {
    int i = x / STEP;
    int j = y / STEP;
    double fx = (x - i * STEP) / (double) STEP;
    double fy = (y - j * STEP) / (double) STEP;
    int n = j * nodes() + i;
    double above = values[n] + fx * (values[n + 1] - values[n]);
    n += nodes();
    double below = values[n] + fx * (values[n + 1] - values[n]);
    return above + fy * (below - above);
  }
}
