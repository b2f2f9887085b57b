package io.fiducia.anatomy.engine;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.resample.CornerAlignedZoom;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Reorient;
import java.util.Optional;
import java.util.function.Function;

/**
 * An image as a public tool gives it to nnU-Net: turned to the closest RAS orientation, zoomed to the
 * tool's spacing with its outermost voxel centres kept, and truncated to whole numbers. Knows the way
 * back for labels.
 *
 * <p>Source: TotalSegmentator 2.18 ({@code change_spacing}); CADS works in the same way with another
 * {@link Zoom}. As in TotalSegmentator, spacings are single precision, and an image that has the wanted
 * spacing exactly is not touched, hence not truncated either.
 */
public final class ModelGrid {
  private static final Orientation RAS = new Orientation("RAS");

  private final Geometry source;
  private final AxisMap toRas;
  private final Geometry turned;
  private final FloatVolume image;

  private ModelGrid(Geometry source, AxisMap toRas, Geometry turned, FloatVolume image) {
    this.source = source;
    this.toRas = toRas;
    this.turned = turned;
    this.image = image;
  }

  /**
   * Turns and zooms an image; its array is not changed.
   *
   * @param name names the image in messages
   * @param spacingMm wanted spacing (x, y, z); empty: the image is turned only
   * @param order interpolation order, 0 to 5
   * @throws FiduciaException BAD_INPUT if nothing or too much would be left after zooming
   */
  public static ModelGrid of(String name, FloatVolume image, Optional<Vec3> spacingMm, int order) {
    Turned turned = Turned.of(image);
    Geometry grid = turned.image().geometry();
    Vec3 spacing = inSinglePrecision(grid.spacingMm());
    if (spacingMm.isEmpty() || spacing.equals(spacingMm.get())) {
      return new ModelGrid(image.geometry(), turned.toRas(), grid,
          new FloatVolume(withSpacing(grid, spacing), turned.image().data()));
    }
    Vec3 wanted = spacingMm.get();
    Vec3 factor = new Vec3(spacing.x() / wanted.x(), spacing.y() / wanted.y(),
        spacing.z() / wanted.z());
    return zoomed(name, image.geometry(), turned, new Zoom(factor,
        (data, shape, newShape) -> CornerAlignedZoom.zoomToInt(data, shape, newShape, order),
        size -> new Geometry(size,
            inSinglePrecision(new Vec3(grid.spacingMm().x() / factor.x(),
                grid.spacingMm().y() / factor.y(), grid.spacingMm().z() / factor.z())),
            grid.originMm(), grid.direction())));
  }

  /** Interpolates an array with its slowest axis first to a new shape, in whole numbers. */
  @FunctionalInterface
  public interface Interpolation {
    /** A new array, even where the shapes are equal. */
    float[] zoom(float[] data, int[] shapeZyx, int[] newShapeZyx);
  }

  /**
   * How an image that was turned to RAS is zoomed.
   *
   * @param factor how many times more voxels there are, along x, y, z of the turned image
   * @param target the grid that the zoomed image is said to have, by its size
   */
  public record Zoom(Vec3 factor, Interpolation interpolation, Function<Size, Geometry> target) {}

  /**
   * Turns and zooms an image by a tool's own rule; its array is not changed.
   *
   * @param name names the image in messages
   * @throws FiduciaException as {@link #of(String, FloatVolume, Optional, int)}
   */
  public static ModelGrid of(String name, FloatVolume image, Zoom zoom) {
    return zoomed(name, image.geometry(), Turned.of(image), zoom);
  }

  /** An image in the closest RAS orientation. */
  private record Turned(AxisMap toRas, FloatVolume image) {
    static Turned of(FloatVolume image) {
      AxisMap toRas = ModelGrid.toRas(image.geometry());
      return new Turned(toRas, Reorient.apply(image, toRas));
    }
  }

  /** How the axes of a grid are permuted and flipped to get to the closest RAS orientation. */
  public static AxisMap toRas(Geometry grid) {
    return Orientation.of(grid).to(RAS);
  }

  private static ModelGrid zoomed(String name, Geometry source, Turned turned, Zoom zoom) {
    Geometry grid = turned.image().geometry();
    int[] shape = zyx(grid.size());
    int[] zoomed = CornerAlignedZoom.outputShape(shape,
        new double[]{zoom.factor().z(), zoom.factor().y(), zoom.factor().x()});
    checkSize(name, grid, zoomed);
    return new ModelGrid(source, turned.toRas(), grid,
        new FloatVolume(zoom.target().apply(new Size(zoomed[2], zoomed[1], zoomed[0])),
            zoom.interpolation().zoom(turned.image().data(), shape, zoomed)));
  }

  private static void checkSize(String name, Geometry grid, int[] zoomed) {
    double voxels = (double) zoomed[0] * zoomed[1] * zoomed[2];
    if (voxels >= 1 && voxels <= Integer.MAX_VALUE - 8) {
      return;
    }
    throw FiduciaException.badInput(
        voxels < 1 ? "the image is too small" : "the image is too large after resampling", name,
        "size " + grid.size() + " at spacing " + grid.spacingMm() + " mm becomes " + zoomed[2] + "x"
            + zoomed[1] + "x" + zoomed[0] + " voxels",
        "check the spacing in the image's header");
  }

  /** As a NIfTI header stores it, which is where the tools read it. */
  private static Vec3 inSinglePrecision(Vec3 v) {
    return new Vec3((float) v.x(), (float) v.y(), (float) v.z());
  }

  private static Geometry withSpacing(Geometry g, Vec3 spacing) {
    return new Geometry(g.size(), spacing, g.originMm(), g.direction());
  }

  private static int[] zyx(Size size) {
    return new int[]{size.z(), size.y(), size.x()};
  }

  /** The image on the network's grid; may share its array with the source image. */
  public FloatVolume image() {
    return image;
  }

  /** Labels of the network's grid on the grid of the source image, by nearest voxels. */
  public LabelVolume toSource(LabelVolume labels) {
    short[] zoomed = CornerAlignedZoom.zoomLabels(labels.data(), zyx(labels.geometry().size()),
        zyx(turned.size()));
    return new LabelVolume(source, Reorient.apply(zoomed, turned.size(), toRas.inverse()));
  }

  /** Labels of the network's grid on the grid of the source image, each mask interpolated linearly. */
  public LabelVolume toSourceSmoothly(LabelVolume labels) {
    return Reorient.apply(SmoothMasks.resample(labels, turned), toRas.inverse());
  }

  /** Labels of the network's grid in the orientation of the source image, at the network's spacing. */
  public LabelVolume inSourceOrientation(LabelVolume labels) {
    return Reorient.apply(labels, toRas.inverse());
  }
}
