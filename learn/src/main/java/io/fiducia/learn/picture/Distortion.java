package io.fiducia.learn.picture;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;

/**
 * A smooth change of shape: an elastic displacement, then an affine map. It leads from a place in the
 * result to the place whose value it shows; (0, 0) is the middle of an example, whose sides have length 1.
 *
 * @param matrix xx, xy, yx, yy, and the shift along x and y
 * @param dx elastic displacement along x, as a share of the side
 * @param dy elastic displacement along y
 */
public record Distortion(double[] matrix, SmoothField dx, SmoothField dy) {
  /** No change. */
  public static final Distortion NONE = new Distortion(new double[]{1, 0, 0, 1, 0, 0},
      SmoothField.NONE,
      SmoothField.NONE);

  /**
   * What distortions may be drawn.
   *
   * @param flips whether each axis is mirrored half of the time
   * @param affine probability of an affine map
   * @param rotation largest rotation either way, in radians
   * @param smallest smallest scale of the example's content
   * @param largest largest scale
   * @param shift largest shift along each axis, as a share of the side
   * @param elastic probability of an elastic displacement
   * @param weakest smallest standard deviation of the displacement, as a share of the side
   * @param strongest largest standard deviation
   */
  public record Range(boolean flips, double affine, double rotation, double smallest,
      double largest,
      double shift, double elastic, double weakest, double strongest) {}

  /**
   * Cells of the displacement field along a side: its kernel then has a standard deviation of 7 to 8
   * pixels of 128, or, coarser, twice as many.
   */
  private static final int[] CELLS = {5, 10};

  /** Draws a distortion. */
  public static Distortion draw(SeededRandom random, Range range) {
    double mirrorX = range.flips() && Draws.happens(random, 0.5) ? -1 : 1;
    double mirrorY = range.flips() && Draws.happens(random, 0.5) ? -1 : 1;
    double[] matrix = {mirrorX, 0, 0, mirrorY, 0, 0};
    if (Draws.happens(random, range.affine())) {
      double angle = Draws.uniform(random, -range.rotation(), range.rotation());
      // The map leads from result to source: content shrinks where the factor is large.
      double factor = 1 / Draws.uniform(random, range.smallest(), range.largest());
      double cos = factor * Math.cos(angle);
      double sin = factor * Math.sin(angle);
      matrix = new double[]{mirrorX * cos, -mirrorX * sin, mirrorY * sin, mirrorY * cos,
        Draws.uniform(random, -range.shift(), range.shift()),
        Draws.uniform(random, -range.shift(), range.shift())};
    }
    if (!Draws.happens(random, range.elastic())) {
      return new Distortion(matrix, SmoothField.NONE, SmoothField.NONE);
    }
    int cells = CELLS[Draws.index(random, CELLS.length)];
    double std = Draws.uniform(random, range.weakest(), range.strongest());
    return new Distortion(matrix, SmoothField.draw(random, cells, std),
        SmoothField.draw(random, cells, std));
  }

  /** Replaces a place in the result by the place that it shows. */
  public void apply(double[] place) {
    double x = place[0] + dx.at(place[0] + 0.5, place[1] + 0.5);
    double y = place[1] + dy.at(place[0] + 0.5, place[1] + 0.5);
    place[0] = matrix[0] * x + matrix[1] * y + matrix[4];
    place[1] = matrix[2] * x + matrix[3] * y + matrix[5];
  }
}
