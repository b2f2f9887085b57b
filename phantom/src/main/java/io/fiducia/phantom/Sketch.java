package io.fiducia.phantom;

import java.util.ArrayList;
import java.util.List;

/**
 * Drawing with numbers: tubes along smooth curves and plates between two curves, in mm, left side of
 * the body; the right side is the mirror image.
 */
final class Sketch {
  private static final int PER_SEGMENT = 3;

  private Sketch() {}

  /** Points as x, y, z, radius; a smooth tube through all of them (Catmull-Rom). */
  static List<Primitive> tube(double[]... points) {
    List<Primitive> solids = new ArrayList<>();
    List<double[]> curve = smooth(points);
    for (int i = 1; i < curve.size(); i++) {
      solids.add(new Primitive.Cone(curve.get(i - 1), curve.get(i), curve.get(i - 1)[3],
          curve.get(i)[3]));
    }
    return solids;
  }

  /** The same, wider along x than it is thick. */
  static List<Primitive> flatTube(double factor, double centreX, double[]... points) {
    return tube(points).stream()
        .<Primitive>map(s -> new Primitive.Flattened(s, factor, centreX)).toList();
  }

  static List<Primitive> ball(double x, double y, double z, double radius) {
    return List.of(new Primitive.Ellipsoid(new double[]{x, y, z},
        new double[]{radius, radius, radius}));
  }

  /**
   * A bent plate between two curves of as many points.
   *
   * @param halfFrom half thickness at the first curve, {@code halfMiddle} and {@code halfTo} likewise
   * @param bow displacement of the middle (x, y, z)
   */
  static List<Primitive> plate(double[][] from, double[][] to, double halfFrom, double halfMiddle,
      double halfTo, double[] bow) {
    List<double[]> a = smooth(from);
    List<double[]> b = smooth(to);
    int rows = 5;
    List<Primitive> solids = new ArrayList<>();
    double[][][] grid = new double[rows + 1][a.size()][];
    double[] half = new double[rows + 1];
    for (int r = 0; r <= rows; r++) {
      double t = r / (double) rows;
      double bulge = 4 * t * (1 - t);
      half[r] = (1 - bulge) * (halfFrom + t * (halfTo - halfFrom)) + bulge * halfMiddle;
      for (int i = 0; i < a.size(); i++) {
        grid[r][i] = new double[3];
        for (int d = 0; d < 3; d++) {
          grid[r][i][d] = (1 - t) * a.get(i)[d] + t * b.get(i)[d] + bulge * bow[d];
        }
      }
    }
    for (int r = 0; r < rows; r++) {
      for (int i = 1; i < a.size(); i++) {
        solids.add(new Slab(grid[r][i - 1], grid[r][i], grid[r + 1][i], half[r], half[r],
            half[r + 1]));
        solids.add(new Slab(grid[r][i - 1], grid[r + 1][i], grid[r + 1][i - 1], half[r],
            half[r + 1], half[r + 1]));
      }
    }
    return solids;
  }

  /** Points between points on a smooth curve through them, all coordinates alike. */
  static List<double[]> smooth(double[]... points) {
    List<double[]> curve = new ArrayList<>();
    curve.add(points[0].clone());
    for (int i = 0; i + 1 < points.length; i++) {
      double[] p0 = points[Math.max(0, i - 1)];
      double[] p1 = points[i];
      double[] p2 = points[i + 1];
      double[] p3 = points[Math.min(points.length - 1, i + 2)];
      for (int s = 1; s <= PER_SEGMENT; s++) {
        double t = s / (double) PER_SEGMENT;
        double[] q = new double[p1.length];
        for (int d = 0; d < q.length; d++) {
          q[d] = 0.5 * (2 * p1[d] + t * (p2[d] - p0[d])
              + t * t * (2 * p0[d] - 5 * p1[d] + 4 * p2[d] - p3[d])
              + t * t * t * (3 * p1[d] - p0[d] - 3 * p2[d] + p3[d]));
        }
        curve.add(q);
      }
    }
    return curve;
  }

  static double[] p(double... numbers) {
    return numbers;
  }

  /** The solids on the other side of the body. */
  static List<Primitive> mirrored(List<Primitive> solids) {
    return solids.stream().map(Sketch::mirrored).toList();
  }

  private static Primitive mirrored(Primitive solid) {
    return switch (solid) {
      case Primitive.Cone c ->
        new Primitive.Cone(flip(c.a()), flip(c.b()), c.radiusA(), c.radiusB());
      case Primitive.Ellipsoid e -> new Primitive.Ellipsoid(flip(e.centre()), e.radii());
      case Primitive.Flattened f ->
        new Primitive.Flattened(mirrored(f.solid()), f.factor(), -f.centreX());
      default -> new Mirror(solid);
    };
  }

  private static double[] flip(double[] p) {
    double[] q = p.clone();
    q[0] = -q[0];
    return q;
  }

  private record Mirror(Primitive solid) implements Primitive {
    @Override
    public double depth(double x, double y, double z) {
      return solid.depth(-x, y, z);
    }

    @Override
    public Box bounds() {
      Box b = solid.bounds();
      return new Box(-b.x1(), b.y0(), b.z0(), -b.x0(), b.y1(), b.z1());
    }
  }
}
