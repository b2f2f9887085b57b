package io.fiducia.universeg.slice;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.Region;
import java.util.List;

/**
 * A box along the axes of the patient, in LPS millimetres.
 *
 * @param low its corner at the smallest coordinates
 * @param high the opposite corner, nowhere below the first
 */
public record BoxMm(Vec3 low, Vec3 high) {
  public BoxMm {
    for (int a = 0; a < 3; a++) {
      if (!(low.get(a) <= high.get(a))) {
        throw new IllegalArgumentException("box from " + low + " to " + high);
      }
    }
  }

  /** The smallest box that holds voxels of a grid, their whole extent included. */
  public static BoxMm of(Geometry grid, Region voxels) {
    double[] low = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    double[] high = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
    for (int corner = 0; corner < 8; corner++) {
      Vec3 at = grid.toPhysical(
          voxels.startX() - 0.5 + ((corner & 1) == 0 ? 0 : voxels.size().x()),
          voxels.startY() - 0.5 + ((corner & 2) == 0 ? 0 : voxels.size().y()),
          voxels.startZ() - 0.5 + ((corner & 4) == 0 ? 0 : voxels.size().z()));
      for (int a = 0; a < 3; a++) {
        low[a] = Math.min(low[a], at.get(a));
        high[a] = Math.max(high[a], at.get(a));
      }
    }
    return new BoxMm(new Vec3(low[0], low[1], low[2]), new Vec3(high[0], high[1], high[2]));
  }

  /** The box of a whole image. */
  public static BoxMm of(Geometry grid) {
    return of(grid, Region.whole(grid.size()));
  }

  /** Its middle. */
  public Vec3 centre() {
    return low.plus(high).times(0.5);
  }

  /** Its length along an axis. */
  public double extent(int axis) {
    return high.get(axis) - low.get(axis);
  }

  /** Its largest length within a plane. */
  public double widest(SlicePlane plane) {
    int[] axes = plane.axesInPlane();
    return Math.max(extent(axes[0]), extent(axes[1]));
  }

  /** The box with a margin on all sides. */
  public BoxMm grown(double marginMm) {
    Vec3 by = new Vec3(marginMm, marginMm, marginMm);
    return new BoxMm(low.minus(by), high.plus(by));
  }

  /** The smallest box that holds this one and another. */
  public BoxMm union(BoxMm other) {
    return new BoxMm(
        new Vec3(Math.min(low.x(), other.low.x()), Math.min(low.y(), other.low.y()),
            Math.min(low.z(), other.low.z())),
        new Vec3(Math.max(high.x(), other.high.x()), Math.max(high.y(), other.high.y()),
            Math.max(high.z(), other.high.z())));
  }

  /** The box moved. */
  public BoxMm moved(Vec3 by) {
    return new BoxMm(low.plus(by), high.plus(by));
  }

  /** The box whose six sides are the medians of those of several. */
  public static BoxMm median(List<BoxMm> boxes) {
    double[] low = new double[3];
    double[] high = new double[3];
    for (int a = 0; a < 3; a++) {
      int axis = a;
      low[a] = median(boxes.stream().mapToDouble(b -> b.low.get(axis)).sorted().toArray());
      high[a] = median(boxes.stream().mapToDouble(b -> b.high.get(axis)).sorted().toArray());
    }
    return new BoxMm(new Vec3(low[0], low[1], low[2]), new Vec3(high[0], high[1], high[2]));
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}
