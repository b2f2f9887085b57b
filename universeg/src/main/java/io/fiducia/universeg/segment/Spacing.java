package io.fiducia.universeg.segment;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.Plane;
import io.fiducia.universeg.slice.SliceView;

/**
 * Where slices of an image can lie along a plane's normal without interpolation between the image's own
 * slices: at its voxel centres, if its axes are nearly those of the patient.
 *
 * @param firstMm a position of a slice
 * @param stepMm distance to the next
 * @param lowMm the image's lower end
 * @param highMm the image's upper end
 */
record Spacing(double firstMm, double stepMm, double lowMm, double highMm) {
  /** The positions for an image and a plane. */
  static Spacing of(Geometry image, Plane plane) {
    int normal = plane.normalAxis();
    int axis = 0;
    for (int a = 1; a < 3; a++) {
      axis = Math.abs(image.direction().get(normal, a)) > Math
          .abs(image.direction().get(normal, axis)) ? a : axis;
    }
    BoxMm all = BoxMm.of(image);
    return new Spacing(image.originMm().get(normal), image.spacingMm().get(axis),
        all.low().get(normal), all.high().get(normal));
  }

  /** Every n-th of the positions. */
  Spacing every(int n) {
    return new Spacing(firstMm, n * stepMm, lowMm, highMm);
  }

  /**
   * A stack through a box.
   *
   * @param sideMm length of a slice's side
   * @param beyond how far the stack reaches beyond the box along the normal, as a share of its extent; it
   *     does not leave the image
   */
  SliceView view(Plane plane, BoxMm box, double sideMm, double beyond) {
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
    return new SliceView(plane, new Vec3(at[0], at[1], at[2]), sideMm, NetworkShape.SIDE,
        last - first + 1, stepMm);
  }
}
