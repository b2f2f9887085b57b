package io.fiducia.phantom;

import java.util.List;

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

  /** Solids grown together, with hollows filled where they meet, as in one soft organ. */
  record Blend(List<Primitive> solids, double mm) implements Primitive {
    public Blend {
      solids = List.copyOf(solids);
    }

    @Override
    public double depth(double x, double y, double z) {
      double depth = Double.NEGATIVE_INFINITY;
      for (Primitive solid : solids) {
        double d = solid.depth(x, y, z);
        depth = depth == Double.NEGATIVE_INFINITY ? d : Smooth.max(depth, d, mm);
      }
      return depth;
    }

    @Override
    public Box bounds() {
      return solids.stream().map(Primitive::bounds).reduce(Box::with).orElseThrow()
          .grown(mm / 4);
    }

    /** Volume in cm3, by counting points of a lattice. */
    double volumeCm3(double stepMm) {
      Box b = bounds();
      long inside = 0;
      for (double z = b.z0(); z <= b.z1(); z += stepMm) {
        for (double y = b.y0(); y <= b.y1(); y += stepMm) {
          for (double x = b.x0(); x <= b.x1(); x += stepMm) {
            inside += depth(x, y, z) > 0 ? 1 : 0;
          }
        }
      }
      return inside * stepMm * stepMm * stepMm / 1000;
    }
  }
}
