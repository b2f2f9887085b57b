package io.fiducia.phantom.image;

import io.fiducia.phantom.Noise;

/**
 * Septa and small vessels in fat: thin sheets where smooth noise vanishes, here and there. The noise
 * is turned against the axes and roughened, or its lattice would show.
 */
final class Strands {
  private final Noise broad;
  private final Noise rough;
  private final Noise where;

  Strands(long seed) {
    this.broad = new Noise(seed ^ 0x57A4D1L, 19);
    this.rough = new Noise(seed ^ 0x57A4D2L, 7);
    this.where = new Noise(seed ^ 0x57A4D3L, 33);
  }

  /** 0 in plain fat, up to 1 in the middle of a strand, at a place in LPS mm. */
  double at(double x, double y, double z) {
    double u = 0.80 * x + 0.36 * y - 0.48 * z;
    double v = -0.60 * x + 0.48 * y - 0.64 * z;
    double w = 0.80 * y + 0.60 * z;
    double here = 1.3 * where.at(u, v, w) + 0.35;
    if (here <= 0) {
      return 0;
    }
    double sheet = Math.abs(broad.at(u, v, w) + 0.45 * rough.at(u, v, w));
    return Math.min(1, here) * Math.max(0, 1 - 11 * sheet);
  }
}
