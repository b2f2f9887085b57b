package io.fiducia.phantom;

/** A simple solid. Depth is the distance to its surface in mm, positive inside. */
interface Primitive {
  double depth(double x, double y, double z);

  Box bounds();

  /** An axis-parallel box in mm. */
  record Box(double x0, double y0, double z0, double x1, double y1, double z1) {
    Box grown(double mm) {
      return new Box(x0 - mm, y0 - mm, z0 - mm, x1 + mm, y1 + mm, z1 + mm);
    }

    Box with(Box o) {
      return new Box(Math.min(x0, o.x0), Math.min(y0, o.y0), Math.min(z0, o.z0),
          Math.max(x1, o.x1), Math.max(y1, o.y1), Math.max(z1, o.z1));
    }

    boolean contains(double x, double y, double z) {
      return x >= x0 && x <= x1 && y >= y0 && y <= y1 && z >= z0 && z <= z1;
    }
  }

  /** A cone with round ends between two points. */
  record Cone(double[] a, double[] b, double radiusA, double radiusB) implements Primitive {
    @Override
    public double depth(double x, double y, double z) {
      double dx = b[0] - a[0];
      double dy = b[1] - a[1];
      double dz = b[2] - a[2];
      double px = x - a[0];
      double py = y - a[1];
      double pz = z - a[2];
      double length2 = dx * dx + dy * dy + dz * dz;
      double t = length2 == 0
          ? 0
          : Math.clamp((px * dx + py * dy + pz * dz) / length2, 0.0, 1.0);
      px -= t * dx;
      py -= t * dy;
      pz -= t * dz;
      return radiusA + t * (radiusB - radiusA) - Math.sqrt(px * px + py * py + pz * pz);
    }

    @Override
    public Box bounds() {
      double r = Math.max(radiusA, radiusB);
      return new Box(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2]),
          Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])).grown(r);
    }
  }

  /** An ellipsoid along the axes; depth to first order. */
  record Ellipsoid(double[] centre, double[] radii) implements Primitive {
    @Override
    public double depth(double x, double y, double z) {
      double u = (x - centre[0]) / radii[0];
      double v = (y - centre[1]) / radii[1];
      double w = (z - centre[2]) / radii[2];
      double k0 = Math.sqrt(u * u + v * v + w * w);
      double uu = u / radii[0];
      double vv = v / radii[1];
      double ww = w / radii[2];
      double k1 = Math.sqrt(uu * uu + vv * vv + ww * ww);
      return k1 < 1e-9 ? Math.min(radii[0], Math.min(radii[1], radii[2])) : k0 * (1 - k0) / k1;
    }

    @Override
    public Box bounds() {
      return new Box(centre[0] - radii[0], centre[1] - radii[1], centre[2] - radii[2],
          centre[0] + radii[0], centre[1] + radii[1], centre[2] + radii[2]);
    }
  }

  /** A triangle with thickness, which may differ from corner to corner. */
  record Slab(double[] a, double[] b, double[] c, double halfA, double halfB, double halfC)
      implements
        Primitive {
    @Override
    public double depth(double x, double y, double z) {
      // Barycentric coordinates of the foot point, clamped edge by edge.
      double[] ab = {b[0] - a[0], b[1] - a[1], b[2] - a[2]};
      double[] ac = {c[0] - a[0], c[1] - a[1], c[2] - a[2]};
      double[] ap = {x - a[0], y - a[1], z - a[2]};
      double d00 = dot(ab, ab);
      double d01 = dot(ab, ac);
      double d11 = dot(ac, ac);
      double d20 = dot(ap, ab);
      double d21 = dot(ap, ac);
      double denominator = d00 * d11 - d01 * d01;
      double v = (d11 * d20 - d01 * d21) / denominator;
      double w = (d00 * d21 - d01 * d20) / denominator;
      if (!(v >= 0 && w >= 0 && v + w <= 1)) {
        double best = Double.POSITIVE_INFINITY;
        double bestV = 0;
        double bestW = 0;
        for (int edge = 0; edge < 3; edge++) {
          double t = switch (edge) {
            case 0 -> Math.clamp(d20 / d00, 0.0, 1.0);
            case 1 -> Math.clamp(d21 / d11, 0.0, 1.0);
            default -> Math.clamp((d00 - d01 - d20 + d21) / (d00 + d11 - 2 * d01), 0.0, 1.0);
          };
          double ev = edge == 0 ? t : edge == 1 ? 0 : 1 - t;
          double ew = edge == 0 ? 0 : t;
          double distance = distance2(ap, ab, ac, ev, ew);
          if (distance < best) {
            best = distance;
            bestV = ev;
            bestW = ew;
          }
        }
        v = bestV;
        w = bestW;
      }
      return halfA * (1 - v - w) + halfB * v + halfC * w
          - Math.sqrt(distance2(ap, ab, ac, v, w));
    }

    private static double dot(double[] p, double[] q) {
      return p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
    }

    private static double distance2(double[] ap, double[] ab, double[] ac, double v, double w) {
      double sum = 0;
      for (int i = 0; i < 3; i++) {
        double d = ap[i] - v * ab[i] - w * ac[i];
        sum += d * d;
      }
      return sum;
    }

    @Override
    public Box bounds() {
      return new Box(Math.min(a[0], Math.min(b[0], c[0])), Math.min(a[1], Math.min(b[1], c[1])),
          Math.min(a[2], Math.min(b[2], c[2])), Math.max(a[0], Math.max(b[0], c[0])),
          Math.max(a[1], Math.max(b[1], c[1])), Math.max(a[2], Math.max(b[2], c[2])))
          .grown(Math.max(halfA, Math.max(halfB, halfC)));
    }
  }

  /** Another solid, squeezed along x about the midline by a factor: wider than it is thick. */
  record Flattened(Primitive solid, double factor, double centreX) implements Primitive {
    @Override
    public double depth(double x, double y, double z) {
      return solid.depth(centreX + (x - centreX) / factor, y, z);
    }

    @Override
    public Box bounds() {
      Box b = solid.bounds();
      return new Box(centreX + (b.x0 - centreX) * factor, b.y0, b.z0,
          centreX + (b.x1 - centreX) * factor, b.y1, b.z1);
    }
  }
}
