package io.fiducia.promptable.segment;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.raster.PixelFont;
import io.fiducia.raster.PngWriter;
import io.fiducia.volume.FloatVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * A picture of an object for a quick look: a few slices of the image around it, with its contour as a line and the
 * interpolation's as a dotted line. The patient's right is on the left of axial and coronal slices.
 */
public final class ContourPicture {
  /** The largest number of slices. */
  static final int MOST = 6;
  static final int MODEL = 0xffd400;
  static final int INTERPOLATION = 0x40c4ff;
  private static final int MOST_PROMPTED = 3;
  private static final double MARGIN_MM = 25;
  private static final int CELL = 300;
  private static final int GAP = 8;
  private static final int CAPTION = 18;
  private static final int TEXT = 0xd8dbe0;
  private static final int BACKGROUND = 0x14161b;
  private static final int DASH = 3;

  private final FloatVolume image;
  private final GreyWindow window;
  private final SegmentedObject object;
  private final boolean[] mask;
  private final PatientView view;
  private final List<Integer> prompted;
  private final TreeSet<Integer> occupied = new TreeSet<>();
  /** The part of the view that is drawn, in voxels; the last ones not included. */
  private int left;
  private int top;
  private int right;
  private int bottom;
  private int width;
  private int[] rgb;

  private ContourPicture(FloatVolume image, SegmentedObject object) {
    this.image = image;
    this.window = object.request().window();
    this.object = object;
    this.mask = object.mask();
    SlicePlane plane = object.planes().containsKey(SlicePlane.AXIAL)
        ? SlicePlane.AXIAL
        : object.planes().keySet().iterator().next();
    this.view = PatientView.of(image.geometry(), plane);
    this.prompted = object.planes().get(plane).promptedSlices();
    crop();
  }

  /**
   * Draws a picture into a PNG file. An object that was segmented in three planes is shown in axial slices.
   *
   * @param image that was segmented
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if the place cannot be written; OUT_OF_RESOURCES if
   *     the disk is full
   */
  public static void write(Path file, FloatVolume image, SegmentedObject object) {
    new ContourPicture(image, object).write(file);
  }

  private void crop() {
    left = view.width();
    top = view.height();
    for (int k = 0; k < view.axes().slices(); k++) {
      for (int y = 0; y < view.height(); y++) {
        for (int x = 0; x < view.width(); x++) {
          int at = view.voxel(k, x, y);
          if (mask[at] || object.interpolation()[at]) {
            occupied.add(k);
            left = Math.min(left, x);
            right = Math.max(right, x + 1);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y + 1);
          }
        }
      }
    }
    if (occupied.isEmpty()) {
      occupied.addAll(prompted);
      left = right = view.width() / 2;
      top = bottom = view.height() / 2;
    }
    int moreX = (int) Math.ceil(MARGIN_MM / view.acrossMm());
    int moreY = (int) Math.ceil(MARGIN_MM / view.downMm());
    left = Math.max(0, left - moreX);
    right = Math.min(view.width(), right + moreX);
    top = Math.max(0, top - moreY);
    bottom = Math.min(view.height(), bottom + moreY);
  }

  /** Some prompted slices, and the others evenly from the object's first slice to its last. */
  List<Integer> slices() {
    List<Integer> all = List.copyOf(occupied);
    List<Integer> shown = spread(prompted, MOST_PROMPTED);
    TreeSet<Integer> chosen = new TreeSet<>(shown);
    for (int n = 1; n <= Math.min(MOST, all.size()); n++) {
      TreeSet<Integer> more = new TreeSet<>(shown);
      more.addAll(spread(all, n));
      if (more.size() <= MOST) {
        chosen = more;
      }
    }
    return List.copyOf(chosen);
  }

  private static List<Integer> spread(List<Integer> all, int most) {
    List<Integer> out = new ArrayList<>();
    int n = Math.min(most, all.size());
    for (int i = 0; i < n; i++) {
      out.add(
          all.get(n == 1 ? all.size() / 2 : (int) Math.round(i * (all.size() - 1.0) / (n - 1))));
    }
    return out;
  }

  private void write(Path file) {
    List<Integer> slices = slices();
    double wideMm = (right - left) * view.acrossMm();
    double highMm = (bottom - top) * view.downMm();
    double pixelsPerMm = CELL / Math.max(wideMm, highMm);
    int cellWidth = Math.max(CAPTION * 6, (int) Math.round(wideMm * pixelsPerMm));
    int wide = Math.max(1, (int) Math.round(wideMm * pixelsPerMm));
    int high = Math.max(1, (int) Math.round(highMm * pixelsPerMm));
    int columns = Math.min(3, slices.size());
    int rows = (slices.size() + columns - 1) / columns;
    width = GAP + columns * (cellWidth + GAP);
    int height = GAP + rows * (high + CAPTION + GAP) + CAPTION;
    rgb = new int[width * height];
    Arrays.fill(rgb, BACKGROUND);
    for (int n = 0; n < slices.size(); n++) {
      int x = GAP + n % columns * (cellWidth + GAP);
      int y = GAP + n / columns * (high + CAPTION + GAP);
      int k = slices.get(n);
      text("slice " + k + (prompted.contains(k) ? " (prompted)" : ""), x, y + 4, TEXT);
      draw(k, x, y + CAPTION, wide, high);
    }
    int line = height - CAPTION + 4;
    text("model", GAP, line, MODEL);
    text("interpolation", GAP + 7 * PixelFont.ADVANCE, line, INTERPOLATION);
    PngWriter.write(file, width, height, rgb);
  }

  private void draw(int slice, int atX, int atY, int wide, int high) {
    Drawn drawn = new Drawn(slice, wide, high);
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        int colour = drawn.isEdge(mask, x, y)
            ? MODEL
            : drawn.isEdge(object.interpolation(), x, y) && (x + y) / DASH % 2 == 0
                ? INTERPOLATION
                : Math.round(window.grey(image.data()[drawn.voxel(x, y)])) * 0x10101;
        rgb[(atY + y) * width + atX + x] = colour;
      }
    }
    text(String.valueOf(view.left()), atX + 3, atY + 3, TEXT);
    text(String.valueOf(view.right()), atX + wide - PixelFont.ADVANCE - 2, atY + 3, TEXT);
  }

  /** The drawn part of a slice as pixels, each showing the voxel that lies there. */
  private final class Drawn {
    private final int slice;
    private final int wide;
    private final int high;

    Drawn(int slice, int wide, int high) {
      this.slice = slice;
      this.wide = wide;
      this.high = high;
    }

    int voxel(int x, int y) {
      return view.voxel(slice, left + (int) ((x + 0.5) / wide * (right - left)),
          top + (int) ((y + 0.5) / high * (bottom - top)));
    }

    /** Whether a pixel lies inside of a mask, at its border. */
    boolean isEdge(boolean[] of, int x, int y) {
      if (!of[voxel(x, y)]) {
        return false;
      }
      return !isInside(of, x - 1, y) || !isInside(of, x + 1, y) || !isInside(of, x, y - 1)
          || !isInside(of, x, y + 1);
    }

    private boolean isInside(boolean[] of, int x, int y) {
      return x >= 0 && x < wide && y >= 0 && y < high && of[voxel(x, y)];
    }
  }

  private void text(String text, int atX, int atY, int colour) {
    PixelFont.draw(text, (x, y) -> {
      int at = (atY + y) * width + atX + x;
      if (atX + x < width && at < rgb.length) {
        rgb[at] = colour;
      }
    });
  }
}
