package io.fiducia.universeg.segment;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.SliceView;
import java.util.List;

/**
 * Where slices of an image can lie along a plane's normal without interpolation between the image's own
 * slices: at its voxel centres, if its axes are nearly those of the patient.
 *
 * @param firstMm a position of a slice
 * @param stepMm distance to the next
 * @param lowMm the image's lower end
 * @param highMm the image's upper end
 * @param voxelMm the finest distance of the image's voxels within the plane
 */
record Spacing(double firstMm, double stepMm, double lowMm, double highMm, double voxelMm) {
  /** Sides of slices: a quarter of the pixels take a quarter of the time. */
  private static final List<Integer> PIXELS = List.of(64, 96, NetworkShape.SIDE);
  private static final double OVERSAMPLING = 1.25;

  /** The positions for an image and a plane. */
  static Spacing of(Geometry image, SlicePlane plane) {
    int normal = plane.normalAxis();
    int axis = 0;
    for (int a = 1; a < 3; a++) {
      axis = Math.abs(image.direction().get(normal, a)) > Math
          .abs(image.direction().get(normal, axis)) ? a : axis;
    }
    BoxMm all = BoxMm.of(image);
    double finest = Double.MAX_VALUE;
    for (int a = 0; a < 3; a++) {
      finest = a == axis ? finest : Math.min(finest, image.spacingMm().get(a));
    }
    return new Spacing(image.originMm().get(normal), image.spacingMm().get(axis),
        all.low().get(normal), all.high().get(normal), finest);
  }

  /** Every n-th of the positions. */
  Spacing every(int n) {
    return new Spacing(firstMm, n * stepMm, lowMm, highMm, voxelMm);
  }

  /**
   * A stack through a box.
   *
   * @param sideMm length of a slice's side
   * @param beyond how far the stack reaches beyond the box along the normal, as a share of its extent; it
   *     does not leave the image
   */
  SliceView view(SlicePlane plane, BoxMm box, double sideMm, double beyond) {
    int axis = plane.normalAxis();
    double margin = beyond * box.extent(axis);
    double from = Math.max(lowMm, box.low().get(axis) - margin);
    double to = Math.min(highMm, box.high().get(axis) + margin);
    int first = (int) Math.ceil((from - firstMm) / stepMm - 1e-6);
    int last = (int) Math.floor((to - firstMm) / stepMm + 1e-6);
    if (last < first) {
      // A box thinner than a slice, or beside the image: the nearest position.
      double middle = Math.max(lowMm, Math.min(highMm, box.centre().get(axis)));
      first = (int) Math.rint((middle - firstMm) / stepMm);
      last = first;
    }
    double centre = firstMm + (first + last) / 2.0 * stepMm;
    double[] at = {box.centre().x(), box.centre().y(), box.centre().z()};
    at[axis] = centre;
    return new SliceView(plane, new Vec3(at[0], at[1], at[2]), sideMm, pixels(sideMm),
        last - first + 1, stepMm);
  }

  /** A stack through the whole image. */
  SliceView through(SlicePlane plane, Vec3 centre, double sideMm) {
    double[] low = {centre.x(), centre.y(), centre.z()};
    double[] high = low.clone();
    low[plane.normalAxis()] = lowMm;
    high[plane.normalAxis()] = highMm;
    return view(plane, new BoxMm(new Vec3(low[0], low[1], low[2]),
        new Vec3(high[0], high[1], high[2])), sideMm, 0);
  }

  /** As many pixels as show what the image shows, but not more than the networks were made for. */
  private int pixels(double sideMm) {
    double needed = sideMm / voxelMm * OVERSAMPLING;
    return PIXELS.stream().filter(p -> p >= needed).findFirst().orElse(NetworkShape.SIDE);
  }
}
