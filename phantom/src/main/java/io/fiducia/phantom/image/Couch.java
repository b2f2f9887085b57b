package io.fiducia.phantom.image;

/**
 * What a patient lies on: a plate with a thin carbon skin around foam, flat for radiotherapy or
 * hollow as diagnostic scanners have it.
 *
 * @param hollow 1 over the radius of its curve, 1/mm; 0 for a flat one
 * @param halfWidthMm of the plate
 */
record Couch(double hollow, double halfWidthMm) {
  private static final double THICK_MM = 48;
  private static final double SKIN_MM = 2.5;
  private static final double SKIN_HU = -250;
  private static final double FOAM_HU = -935;

  static Couch flat() {
    return new Couch(0, 265);
  }

  static Couch curved() {
    return new Couch(1 / 420.0, 215);
  }

  /** The height of its surface that just carries a body point at x, y, measured at x = 0. */
  double carrying(double x, double y) {
    return Math.abs(x) < halfWidthMm ? y + 0.5 * hollow * x * x : Double.NEGATIVE_INFINITY;
  }

  /**
   * The CT number at a place outside the body.
   *
   * @param bottom LPS y of its surface at x = 0
   * @param blurMm size of a pixel
   */
  double hu(double x, double y, double bottom, double blurMm) {
    double depth = y - bottom + 0.5 * hollow * x * x;
    double inside = Math.min(Math.min(depth, THICK_MM - depth), halfWidthMm - Math.abs(x));
    double covered = Math.clamp(0.5 + inside / blurMm, 0.0, 1.0);
    double core = Math.clamp(0.5 + (inside - SKIN_MM) / blurMm, 0.0, 1.0);
    return -1000 + (covered - core) * (SKIN_HU + 1000) + core * (FOAM_HU + 1000);
  }
}
