package io.fiducia.promptable.testing;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;

/** Images for tests: bright bodies (200) in a grey surrounding (60 to 63, so that no slice is blank). */
public final class Bodies {
  /** Black is 0 and white 255. */
  public static final GreyWindow WINDOW = new GreyWindow(0, 255);

  private Bodies() {}

  /** Whether a voxel belongs to a body. */
  @FunctionalInterface
  public interface Body {
    boolean holds(int i, int j, int k);
  }

  /** The grid of 40 x 36 x 24 voxels of 1 x 1 x 2 mm. */
  public static Geometry grid() {
    return Geometry.of(new Size(40, 36, 24), new Vec3(1, 1, 2));
  }

  /** A ball of radius 9 mm around voxel (20, 18, 12). */
  public static boolean ball(int i, int j, int k) {
    return (i - 20) * (i - 20) + (j - 18) * (j - 18) + 4 * (k - 12) * (k - 12) <= 81;
  }

  /** The voxels of a body. */
  public static boolean[] mask(Geometry grid, Body body) {
    Size size = grid.size();
    boolean[] out = new boolean[size.voxels()];
    for (int n = 0; n < out.length; n++) {
      out[n] = body.holds(n % size.x(), n / size.x() % size.y(), n / size.x() / size.y());
    }
    return out;
  }

  /** The image of a body. */
  public static FloatVolume image(Geometry grid, Body body) {
    boolean[] mask = mask(grid, body);
    float[] data = new float[mask.length];
    for (int n = 0; n < data.length; n++) {
      data[n] = mask[n] ? 200 : 60 + n % 4;
    }
    return new FloatVolume(grid, data);
  }

  /** The axial slices of the image of a body. */
  public static PlaneStack stack(Geometry grid, Body body) {
    return PlaneStack.of(image(grid, body), SlicePlane.AXIAL, WINDOW);
  }

  /** A drawing. */
  public static LabelVolume drawn(Geometry grid, Body body) {
    boolean[] mask = mask(grid, body);
    short[] labels = new short[mask.length];
    for (int n = 0; n < labels.length; n++) {
      labels[n] = (short) (mask[n] ? 1 : 0);
    }
    return new LabelVolume(grid, labels);
  }

  /** The number of voxels in which two masks differ. */
  public static int differences(boolean[] a, boolean[] b) {
    int n = Math.abs(a.length - b.length);
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      n += a[i] == b[i] ? 0 : 1;
    }
    return n;
  }

  /** Dice of two masks. */
  public static double dice(boolean[] a, boolean[] b) {
    int common = 0;
    int all = 0;
    for (int i = 0; i < a.length; i++) {
      common += a[i] && b[i] ? 2 : 0;
      all += (a[i] ? 1 : 0) + (b[i] ? 1 : 0);
    }
    return (double) common / all;
  }
}
