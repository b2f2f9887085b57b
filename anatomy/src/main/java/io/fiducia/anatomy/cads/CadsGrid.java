package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.engine.ModelGrid;
import io.fiducia.base.Progress;
import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Vec3;
import io.fiducia.resample.CornerAlignedZoom;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.Optional;

/**
 * An image as CADS gives it to nnU-Net, and the way back for labels: turned to the closest RAS
 * orientation, zoomed to 1.5 mm by cubic splines with the outermost voxel centres kept, truncated to
 * whole numbers, and said to lie along the axes with its first voxel at the origin.
 *
 * <p>As in CADS, an image that lies on such a grid already is not touched.
 *
 * @param image what nnU-Net sees
 * @param zoomed the way back; empty if the image was not touched
 */
record CadsGrid(FloatVolume image, Optional<ModelGrid> zoomed) {
  /** CADS's spacing along each axis. */
  static final double SPACING_MM = 1.5;
  /** numpy.isclose with its defaults, by which a spacing counts as 1.5 mm. */
  private static final double SAME_SPACING_MM = 1e-8 + 1e-5 * SPACING_MM;
  /** The directions of right, anterior, superior in LPS. */
  private static final Mat3 RAS_AXES = new Mat3(new Vec3(-1, 0, 0), new Vec3(0, -1, 0),
      new Vec3(0, 0, 1));
  private static final Vec3 ONE = new Vec3(1, 1, 1);
  private static final double ALONG_AXIS = 1 - 1e-6;

  /**
   * Prepares an image; its array is not changed.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if nothing or too much would be left
   */
  static CadsGrid of(CadsScan scan, Progress progress) {
    FloatVolume image = scan.image();
    if (isPrepared(image.geometry())) {
      return untouched(image);
    }
    AxisMap toRas = ModelGrid.toRas(image.geometry());
    if (!isAlongAxes(image.geometry())) {
      progress.warning(scan.id() + ": the image is oblique; CADS takes its axes for the closest of"
          + " right, anterior and superior, as if it were not");
    }
    Vec3 spacing = scan.spacingMm();
    Vec3 factor = new Vec3(spacing.get(toRas.source().get(0)) / SPACING_MM,
        spacing.get(toRas.source().get(1)) / SPACING_MM,
        spacing.get(toRas.source().get(2)) / SPACING_MM);
    ModelGrid grid = ModelGrid.of(scan.id(), image, new ModelGrid.Zoom(factor,
        factor.equals(ONE) ? CadsGrid::cut : CornerAlignedZoom::zoomMirroredToInt,
        size -> new Geometry(size,
            new Vec3(SPACING_MM, SPACING_MM, SPACING_MM), new Vec3(0, 0, 0), RAS_AXES)));
    return new CadsGrid(grid.image(), Optional.of(grid));
  }

  /** scipy does nothing if all factors are exactly 1; then values are cut to whole numbers only. */
  private static float[] cut(float[] data, int[] shape, int[] newShape) {
    return CornerAlignedZoom.zoomToInt(data, shape, newShape, 0);
  }

  /** An image as it is. */
  static CadsGrid untouched(FloatVolume image) {
    return new CadsGrid(image, Optional.empty());
  }

  /** Whether CADS would take an image of this grid as it is. */
  static boolean isPrepared(Geometry g) {
    for (int a = 0; a < 3; a++) {
      double step = g.spacingMm().get(a) * g.direction().get(a, a) * RAS_AXES.get(a, a);
      if (Math.abs(step - SPACING_MM) > SAME_SPACING_MM) {
        return false;
      }
    }
    return g.originMm().norm() == 0 && ModelGrid.toRas(g).isIdentity();
  }

  private static boolean isAlongAxes(Geometry g) {
    for (int column = 0; column < 3; column++) {
      Vec3 axis = g.direction().column(column);
      if (Math.max(Math.abs(axis.x()),
          Math.max(Math.abs(axis.y()), Math.abs(axis.z()))) < ALONG_AXIS) {
        return false;
      }
    }
    return true;
  }

  /** Labels of the network's grid on the grid of the source image. */
  LabelVolume toSource(LabelVolume labels) {
    return zoomed.map(z -> z.toSource(labels)).orElse(labels);
  }
}
