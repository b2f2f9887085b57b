package io.fiducia.phantom;

/** Extremes without a crease. */
final class Smooth {
  private Smooth() {}

  /** The larger of two, rounded where they differ by less than k (quadratic blend). */
  static double max(double a, double b, double k) {
    double h = Math.max(0, k - Math.abs(a - b)) / k;
    return Math.max(a, b) + h * h * k / 4;
  }

  /** The smaller of two, rounded likewise. */
  static double min(double a, double b, double k) {
    return -max(-a, -b, k);
  }

  /** From 0 at {@code from} to 1 at {@code to}, level at both ends. */
  static double step(double from, double to, double x) {
    double t = Math.clamp((x - from) / (to - from), 0.0, 1.0);
    return t * t * (3 - 2 * t);
  }
}
