package io.fiducia.phantom;

/** A triangle with thickness, which may differ from corner to corner. */
final class Slab implements Primitive {
  private final double[] a;
  private final double[] b;
  private final double[] c;
  private final double halfA;
  private final double halfB;
  private final double halfC;
  // Edges from the first corner, and their products; they take part in every depth.
  private final double ux;
  private final double uy;
  private final double uz;
  private final double vx;
  private final double vy;
  private final double vz;
  private final double uu;
  private final double uv;
  private final double vv;
  private final double scale;

  Slab(double[] a, double[] b, double[] c, double halfA, double halfB, double halfC) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.halfA = halfA;
    this.halfB = halfB;
    this.halfC = halfC;
    this.ux = b[0] - a[0];
    this.uy = b[1] - a[1];
    this.uz = b[2] - a[2];
    this.vx = c[0] - a[0];
    this.vy = c[1] - a[1];
    this.vz = c[2] - a[2];
    this.uu = ux * ux + uy * uy + uz * uz;
    this.uv = ux * vx + uy * vy + uz * vz;
    this.vv = vx * vx + vy * vy + vz * vz;
    this.scale = 1 / (uu * vv - uv * uv);
  }

  @Override
  public double depth(double x, double y, double z) {
    double px = x - a[0];
    double py = y - a[1];
    double pz = z - a[2];
    double pu = px * ux + py * uy + pz * uz;
    double pv = px * vx + py * vy + pz * vz;
    double s = (vv * pu - uv * pv) * scale;
    double t = (uu * pv - uv * pu) * scale;
    if (s >= 0 && t >= 0 && s + t <= 1) {
      return depthOver(s, t, px, py, pz);
    }
    // The foot point lies on the nearest of the three edges.
    double onU = Math.clamp(pu / uu, 0.0, 1.0);
    double onV = Math.clamp(pv / vv, 0.0, 1.0);
    double across = Math.clamp((uu - uv - pu + pv) / (uu + vv - 2 * uv), 0.0, 1.0);
    double alongU = distance2(onU, 0, px, py, pz);
    double alongV = distance2(0, onV, px, py, pz);
    double acrossBoth = distance2(1 - across, across, px, py, pz);
    if (alongU <= alongV && alongU <= acrossBoth) {
      return depthOver(onU, 0, px, py, pz);
    }
    return alongV <= acrossBoth
        ? depthOver(0, onV, px, py, pz)
        : depthOver(1 - across, across, px, py, pz);
  }

  private double depthOver(double s, double t, double px, double py, double pz) {
    return halfA * (1 - s - t) + halfB * s + halfC * t - Math.sqrt(distance2(s, t, px, py, pz));
  }

  private double distance2(double s, double t, double px, double py, double pz) {
    double dx = px - s * ux - t * vx;
    double dy = py - s * uy - t * vy;
    double dz = pz - s * uz - t * vz;
    return dx * dx + dy * dy + dz * dz;
  }

  @Override
  public Box bounds() {
    return new Box(Math.min(a[0], Math.min(b[0], c[0])), Math.min(a[1], Math.min(b[1], c[1])),
        Math.min(a[2], Math.min(b[2], c[2])), Math.max(a[0], Math.max(b[0], c[0])),
        Math.max(a[1], Math.max(b[1], c[1])), Math.max(a[2], Math.max(b[2], c[2])))
        .grown(Math.max(halfA, Math.max(halfB, halfC)));
  }
}
