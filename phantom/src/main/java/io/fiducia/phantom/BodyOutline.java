package io.fiducia.phantom;

/** The skin, and the wall of the abdomen under it, of one patient. */
final class BodyOutline {
  /** Height, half width and half depth of the trunk for a body mass index of 25, and its centre. */
  private static final double[][] TRUNK = {{-180, 186, 110, 4}, {-60, 188, 114, 6},
    {-20, 188, 120, 8}, {40, 179, 120, 8}, {90, 166, 115, 4}, {140, 153, 109, 0},
    {220, 144, 106, -2}};
  private static final double EXPONENT = 2.35;

  private final double scale;
  private final double girth;
  private final Noise noise;

  BodyOutline(Patient patient) {
    this.scale = patient.skeletonScale();
    // Fat grows the trunk outwards; the skeleton under it stays.
    this.girth = 3.1 * (patient.bodyMassIndex() - 25);
    this.noise = new Noise(patient.seed() ^ 0x5B0D1E5L, 70);
  }

  /** How much thicker the fat is than at a body mass index of 25, mm. */
  double girthMm() {
    return girth;
  }

  /** Whether a place lies so far out that no body reaches there; a fast test. */
  boolean farOutside(double x, double y) {
    return Math.abs(x) > 190 * scale + girth + 3
        || Math.abs(y - 8 * scale) > 124 * scale + 0.8 * girth + 3;
  }

  /** Depth under the skin in mm. */
  double depth(double x, double y, double z) {
    double trunk = radial(x, y, z, 1);
    if (z < 10) {
      double half = interpolate(z, 1) + girth;
      double deep = interpolate(z, 2) + 0.8 * girth;
      double thighs = Math.max(ellipse(x - 0.5 * half, y - 6, 0.5 * half + 1.5, 0.83 * deep),
          ellipse(x + 0.5 * half, y - 6, 0.5 * half + 1.5, 0.83 * deep));
      // The trunk ends at the perineum, rounded into the thighs; in front it falls back below the
      // symphysis, behind it ends in the folds of the buttocks.
      double floor = z + 84 - 0.0009 * x * x - 0.8 * Math.max(0, -25 - y)
          - 0.3 * Math.max(0, y - 55);
      trunk = Smooth.max(thighs, Smooth.min(trunk, floor, 24), 12);
    }
    double cleft = y - (interpolate(z, 3) + 62 + 0.55 * Math.max(0, z + 12));
    if (cleft > 0 && z < 60) {
      trunk = Math.min(trunk, Math.abs(x + 2 * noise.at(0, y, z)) - 0.6 - 0.035 * cleft);
    }
    return trunk + 1.6 * noise.at(x, y, z);
  }

  /** Depth inside the muscular wall of the abdomen in mm, by its inner surface. */
  double cavityDepth(double x, double y, double z) {
    double half = (118 + 0.25 * girth) * scale;
    double deep = (84 + 0.45 * girth + 0.04 * Math.min(z, 120)) * scale;
    return ellipse(x, y - 4, half, deep);
  }

  private double radial(double x, double y, double z, double share) {
    return superellipse(x, y - interpolate(z, 3), (interpolate(z, 1) + girth) * share,
        (interpolate(z, 2) + 0.8 * girth) * share);
  }

  private static double ellipse(double x, double y, double a, double b) {
    double k = Math.sqrt(x * x / (a * a) + y * y / (b * b));
    return k < 1e-6 ? Math.min(a, b) : Math.hypot(x, y) * (1 / k - 1);
  }

  private static double superellipse(double x, double y, double a, double b) {
    double k = Math.pow(Math.pow(Math.abs(x) / a, EXPONENT) + Math.pow(Math.abs(y) / b, EXPONENT),
        1 / EXPONENT);
    return k < 1e-6 ? Math.min(a, b) : Math.min(Math.min(a, b), Math.hypot(x, y) * (1 / k - 1));
  }

  private double interpolate(double z, int column) {
    double at = z / scale;
    int i = 1;
    while (i < TRUNK.length - 1 && at > TRUNK[i][0]) {
      i++;
    }
    double t = Math.clamp((at - TRUNK[i - 1][0]) / (TRUNK[i][0] - TRUNK[i - 1][0]), 0.0, 1.0);
    double s = t * t * (3 - 2 * t);
    return scale * (TRUNK[i - 1][column] + s * (TRUNK[i][column] - TRUNK[i - 1][column]));
  }
}
