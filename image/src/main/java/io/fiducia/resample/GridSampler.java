package io.fiducia.resample;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.stream.IntStream;

/**
 * Samples a volume at the voxel centres of another grid, whatever the two grids' directions, sheared
 * ones too. Interpolation runs along the volume's own axes, and the nearest voxel is the one whose cell
 * holds the point, as in SciPy and ITK; on a sheared grid another centre may be nearer. A point is inside up to half a voxel beyond the outermost voxel centres, where the outermost voxels repeat;
 * every other point takes the outside value.
 */
public final class GridSampler {
  /** Allows for rounding in the two grids' coordinates at the border of the field of view. */
  private static final double BORDER = 1e-6;

  private GridSampler() {}

  /**
   * The image on another grid.
   *
   * @param order 0 (nearest), 1 (linear) or 3 (cubic B-spline, clipped to the image's range)
   */
  public static FloatVolume sample(FloatVolume image, Geometry target, int order, float outside) {
    Size size = image.geometry().size();
    Size to = target.size();
    Affine map = new Affine(target, image.geometry());
    float[] data = image.data();
    float[] out = new float[to.voxels()];
    Interpolator at = switch (order) {
      case 0 -> (i, j, k) -> data[nearest(size, i, j, k)];
      case 1 -> (i, j, k) -> linear(data, size, i, j, k);
      case 3 -> cubic(data, size);
      default -> throw new IllegalArgumentException("interpolation order " + order);
    };
    IntStream.range(0, to.y() * to.z()).parallel().forEach(row -> {
      double[] p = new double[3];
      for (int i = 0; i < to.x(); i++) {
        map.apply(i, row % to.y(), row / to.y(), p);
        out[row * to.x() + i] = inside(size, p) ? at.value(p[0], p[1], p[2]) : outside;
      }
    });
    return new FloatVolume(target, out);
  }

  /** The label map on another grid, each voxel from the nearest voxel. */
  public static LabelVolume sampleLabels(LabelVolume labels, Geometry target, short outside) {
    Size size = labels.geometry().size();
    Size to = target.size();
    Affine map = new Affine(target, labels.geometry());
    short[] data = labels.data();
    short[] out = new short[to.voxels()];
    IntStream.range(0, to.y() * to.z()).parallel().forEach(row -> {
      double[] p = new double[3];
      for (int i = 0; i < to.x(); i++) {
        map.apply(i, row % to.y(), row / to.y(), p);
        out[row * to.x() + i] = inside(size, p) ? data[nearest(size, p[0], p[1], p[2])] : outside;
      }
    });
    return new LabelVolume(target, out);
  }

  private interface Interpolator {
    float value(double i, double j, double k);
  }

  private static boolean inside(Size size, double[] p) {
    for (int a = 0; a < 3; a++) {
      if (!(p[a] >= -0.5 - BORDER && p[a] <= size.get(a) - 0.5 + BORDER)) {
        return false;
      }
    }
    return true;
  }

  private static int nearest(Size size, double i, double j, double k) {
    return size.index(clamp((int) Math.floor(i + 0.5), size.x()),
        clamp((int) Math.floor(j + 0.5), size.y()), clamp((int) Math.floor(k + 0.5), size.z()));
  }

  private static float linear(float[] data, Size size, double i, double j, double k) {
    int i0 = (int) Math.floor(i);
    int j0 = (int) Math.floor(j);
    int k0 = (int) Math.floor(k);
    int xa = clamp(i0, size.x());
    int xb = clamp(i0 + 1, size.x());
    int ya = clamp(j0, size.y());
    int yb = clamp(j0 + 1, size.y());
    int za = clamp(k0, size.z());
    int zb = clamp(k0 + 1, size.z());
    double u = i - i0;
    double v = j - j0;
    double w = k - k0;
    double near = (1 - v) * line(data, size, xa, xb, ya, za, u)
        + v * line(data, size, xa, xb, yb, za, u);
    double far = (1 - v) * line(data, size, xa, xb, ya, zb, u)
        + v * line(data, size, xa, xb, yb, zb, u);
    return (float) ((1 - w) * near + w * far);
  }

  private static double line(float[] data, Size size, int xa, int xb, int y, int z, double u) {
    int row = size.index(0, y, z);
    return (1 - u) * data[row + xa] + u * data[row + xb];
  }

  private static Interpolator cubic(float[] data, Size size) {
    int[] shape = {size.z(), size.y(), size.x()};
    float[] c = data;
    for (int axis = 0; axis < 3; axis++) {
      c = CubicPass.coefficients(c, shape, axis);
      shape[axis] += 2 * CubicPass.MARGIN;
    }
    float[] coefficients = c;
    int rowLength = shape[2];
    int plane = shape[1] * shape[2];
    Range range = Range.of(data);
    return (i, j, k) -> {
      double x = clampToField(i, size.x());
      double y = clampToField(j, size.y());
      double z = clampToField(k, size.z());
      int i0 = (int) Math.floor(x);
      int j0 = (int) Math.floor(y);
      int k0 = (int) Math.floor(z);
      double[] wx = new double[4];
      double[] wy = new double[4];
      double[] wz = new double[4];
      CubicPass.weights(x - i0, wx);
      CubicPass.weights(y - j0, wy);
      CubicPass.weights(z - k0, wz);
      int first = CubicPass.MARGIN - 1;
      double sum = 0;
      for (int c2 = 0; c2 < 4; c2++) {
        double slice = 0;
        for (int b = 0; b < 4; b++) {
          int at = (k0 + first + c2) * plane + (j0 + first + b) * rowLength + i0 + first;
          slice += wy[b] * (wx[0] * coefficients[at] + wx[1] * coefficients[at + 1]
              + wx[2] * coefficients[at + 2] + wx[3] * coefficients[at + 3]);
        }
        sum += wz[c2] * slice;
      }
      return Math.min(range.max(), Math.max(range.min(), (float) sum));
    };
  }

  private static double clampToField(double c, int n) {
    return Math.max(-0.5, Math.min(n - 0.5, c));
  }

  private static int clamp(int i, int n) {
    return Math.max(0, Math.min(n - 1, i));
  }

  /** The map from the indices of one grid to those of another. */
  private static final class Affine {
    private final double[] base = new double[3];
    private final double[][] step = new double[3][3];

    Affine(Geometry from, Geometry to) {
      Vec3 origin = to.toIndex(from.toPhysical(0, 0, 0));
      Vec3[] steps = {to.toIndex(from.toPhysical(1, 0, 0)).minus(origin),
        to.toIndex(from.toPhysical(0, 1, 0)).minus(origin),
        to.toIndex(from.toPhysical(0, 0, 1)).minus(origin)};
      for (int a = 0; a < 3; a++) {
        base[a] = origin.get(a);
        for (int b = 0; b < 3; b++) {
          step[a][b] = steps[b].get(a);
        }
      }
    }

    void apply(int i, int j, int k, double[] p) {
      for (int a = 0; a < 3; a++) {
        p[a] = base[a] + step[a][0] * i + step[a][1] * j + step[a][2] * k;
      }
    }
  }
}
