package io.fiducia.promptable.volume;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.resample.GridSampler;
import io.fiducia.volume.FloatVolume;

/**
 * An image as a stack of grey pictures, for models that look at one slice at a time. Slices are cut along the
 * image's own index axes ({@link SliceAxes}), so that nothing is interpolated between slices. Where the spacings
 * of columns and rows differ, the coarser one is interpolated linearly, so that pixels are squares.
 *
 * <p>A slice has voxels ({@link SliceAxes#columns()} by {@link SliceAxes#rows()}), its picture has pixels ({@link #width()} by
 * {@link #height()}); both are stored row by row.
 */
public final class PlaneStack {
  /** Spacings that differ by less than this share count as equal. */
  private static final double SQUARE = 0.01;

  private final FloatVolume image;
  private final SlicePlane plane;
  private final GreyWindow window;
  private final SliceAxes axes;
  private final int width;
  private final int height;

  private PlaneStack(FloatVolume image, SlicePlane plane, GreyWindow window) {
    this.image = image;
    this.plane = plane;
    this.window = window;
    axes = SliceAxes.of(image.geometry(), plane);
    double across = axes.columnMm();
    double down = axes.rowMm();
    boolean square = Math.abs(across - down) <= SQUARE * Math.min(across, down);
    double pixel = Math.min(across, down);
    width = square ? axes.columns() : (int) Math.rint(axes.columns() * across / pixel);
    height = square ? axes.rows() : (int) Math.rint(axes.rows() * down / pixel);
  }

  /**
   * The slices of an image.
   *
   * @throws FiduciaException BAD_INPUT if the image has intensities that are not numbers, or one value only
   */
  public static PlaneStack of(FloatVolume image, SlicePlane plane, GreyWindow window) {
    requireUsable("image", image);
    return new PlaneStack(image, plane, window);
  }

  /**
   * Checks that an image shows something.
   *
   * @param where names the image in errors
   * @throws FiduciaException BAD_INPUT if it has intensities that are not numbers, or one value only
   */
  public static void requireUsable(Object where, FloatVolume image) {
    float[] data = image.data();
    boolean varies = false;
    for (float v : data) {
      if (!Float.isFinite(v)) {
        throw FiduciaException.badInput("the image has voxels that are NaN or infinite", where,
            "found " + v, "replace them, for example by the value of air or 0");
      }
      varies |= v != data[0];
    }
    if (!varies) {
      throw empty(where, data[0]);
    }
  }

  /** The error for an image that shows nothing. */
  static FiduciaException empty(Object where, double value) {
    return FiduciaException.badInput("the image shows nothing", where,
        "all voxels have the intensity " + value, "check the file");
  }

  /** The image. */
  public FloatVolume image() {
    return image;
  }

  /** The grid of the image. */
  public Geometry grid() {
    return image.geometry();
  }

  /** The plane of the slices. */
  public SlicePlane plane() {
    return plane;
  }

  /** The intensities that become black and white. */
  public GreyWindow window() {
    return window;
  }

  /** The axes of the slices. */
  public SliceAxes axes() {
    return axes;
  }

  /** Pixels along a row of a picture. */
  public int width() {
    return width;
  }

  /** Pixels along a column of a picture. */
  public int height() {
    return height;
  }

  /** Column of the picture's pixel at the centre of a voxel's column; a fraction where pixels are finer. */
  public double pictureX(double column) {
    return (column + 0.5) * width / axes.columns() - 0.5;
  }

  /** Row of the picture's pixel at the centre of a voxel's row. */
  public double pictureY(double row) {
    return (row + 0.5) * height / axes.rows() - 0.5;
  }

  /**
   * A box of a picture, moved outward on each side but not out of the picture.
   *
   * @param share of the box's longer side, rounded to whole pixels; at least one pixel
   */
  public PixelBox widened(PixelBox box, double share) {
    double margin = Math.max(1,
        Math.rint(share * (1 + Math.max(box.x1() - box.x0(), box.y1() - box.y0()))));
    return new PixelBox(Math.max(0, box.x0() - margin), Math.max(0, box.y0() - margin),
        Math.min(width - 1, box.x1() + margin), Math.min(height - 1, box.y1() + margin));
  }

  /** The grey values of a slice's picture, 0 to 255, row by row. */
  public float[] grey(int slice) {
    float[] grey = new float[axes.columns() * axes.rows()];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = window.grey(image.data()[axes.voxel(slice, i)]);
    }
    return toPicture(grey);
  }

  /** Whether a slice's picture has one grey value only, so that no prompt can be answered in it. */
  public boolean isBlank(int slice) {
    float first = window.grey(image.data()[axes.voxel(slice, 0)]);
    for (int i = 1; i < axes.columns() * axes.rows(); i++) {
      if (window.grey(image.data()[axes.voxel(slice, i)]) != first) {
        return false;
      }
    }
    return true;
  }

  /** Values of a slice's voxels as values of its picture's pixels. */
  public float[] toPicture(float[] voxels) {
    return resample(voxels, axes.columns(), axes.rows(), width, height);
  }

  /** Values of a picture's pixels as values of the slice's voxels. */
  public float[] toVoxels(float[] pixels) {
    return resample(pixels, width, height, axes.columns(), axes.rows());
  }

  private static float[] resample(float[] values, int fromWidth, int fromHeight, int toWidth,
      int toHeight) {
    if (fromWidth == toWidth && fromHeight == toHeight) {
      return values;
    }
    double x = (double) fromWidth / toWidth;
    double y = (double) fromHeight / toHeight;
    Geometry from = Geometry.of(new Size(fromWidth, fromHeight, 1), new Vec3(1, 1, 1));
    Geometry to = new Geometry(new Size(toWidth, toHeight, 1), new Vec3(x, y, 1),
        new Vec3((x - 1) / 2, (y - 1) / 2, 0), Mat3.IDENTITY);
    return GridSampler.sample(new FloatVolume(from, values), to, 1, 0).data();
  }

  /** Puts a slice's values into an array of the whole image. */
  public void put(float[] volume, int slice, float[] voxels) {
    for (int i = 0; i < voxels.length; i++) {
      volume[axes.voxel(slice, i)] = voxels[i];
    }
  }
}
