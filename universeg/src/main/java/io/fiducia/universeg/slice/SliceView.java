package io.fiducia.universeg.slice;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.network.NetworkShape;

/**
 * A stack of square slices in the patient: where a network looks.
 *
 * @param plane the slices' plane
 * @param centreMm middle of the stack, in LPS millimetres
 * @param sideMm length of a slice's side
 * @param pixels number of pixels along a slice's side; {@link NetworkShape#SIDE} for a network
 * @param slices number of slices
 * @param stepMm distance between slices
 */
public record SliceView(SlicePlane plane, Vec3 centreMm, double sideMm, int pixels, int slices,
    double stepMm) {
  public SliceView {
    if (!(sideMm > 0) || !(stepMm > 0) || pixels < 1 || slices < 1) {
      throw new IllegalArgumentException(
          "side " + sideMm + " mm of " + pixels + " pixels, " + slices + " slices, step " + stepMm
              + " mm");
    }
  }

  /** Length of a pixel's side. */
  public double pixelMm() {
    return sideMm / pixels;
  }

  /** Position of a slice along {@link SlicePlane#normalAxis}. */
  public double positionMm(int slice) {
    return centreMm.get(plane.normalAxis()) + (slice - (slices - 1) / 2.0) * stepMm;
  }

  /** Number of pixels of a slice. */
  public int pixelsPerSlice() {
    return pixels * pixels;
  }

  /** The grid of the stack's pixels: columns, rows, slices. */
  public Geometry grid() {
    return grid(1);
  }

  /** The grid with every pixel cut into {@code parts} along columns and rows. */
  Geometry grid(int parts) {
    int side = pixels * parts;
    double pixel = sideMm / side;
    Vec3 spacing = new Vec3(pixel, pixel, stepMm);
    double half = (side - 1) / 2.0 * pixel;
    Vec3 toFirst = plane.direction()
        .times(new Vec3(-half, -half, -(slices - 1) / 2.0 * stepMm));
    return new Geometry(new Size(side, side, slices), spacing, centreMm.plus(toFirst),
        plane.direction());
  }
}
