package io.fiducia.phantom.image;

import io.fiducia.phantom.Noise;

/**
 * How evenly, and how quietly, a scanner sees the body.
 *
 * @param reachMm depth at which a surface coil's share has fallen to 37 %
 * @param surface how much brighter the skin is than the far field; 0 is a perfectly even coil
 * @param shading strength of the transmit field's slow variation, relative, about one standard
 *     deviation
 * @param noise standard deviation of each of the two channels, in units of relaxed water's signal
 */
public record MrCoil(double reachMm, double surface, double shading, double noise) {
  private static final double SHADING_MM = 210;
  /** Smooth noise has about this standard deviation. */
  private static final double UNIT = 0.27;

  public MrCoil {
    if (!(reachMm > 0 && surface >= 0 && shading >= 0 && noise >= 0)) {
      throw new IllegalArgumentException("a coil with reach " + reachMm + " mm, surface " + surface
          + ", shading " + shading + ", noise " + noise);
    }
  }

  /**
   * One examination's field: elements in front of and behind the body that see what is near, times
   * a slow shading.
   *
   * @param frontMm LPS y of the front of the body
   * @param backMm LPS y of its back
   */
  Field field(long seed, double frontMm, double backMm) {
    Noise slow = new Noise(seed ^ 0xC011F1E1DL, SHADING_MM);
    return (x, y, z) -> {
      double near = Math.exp(-Math.max(0, y - frontMm) / reachMm)
          + Math.exp(-Math.max(0, backMm - y) / reachMm);
      return (1 + surface * near) * Math.exp(shading / UNIT * slow.at(x, y, z));
    };
  }

  /** A smooth factor at each place in LPS mm. */
  @FunctionalInterface
  interface Field {
    double at(double x, double y, double z);
  }
}
