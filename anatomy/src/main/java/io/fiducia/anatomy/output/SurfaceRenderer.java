package io.fiducia.anatomy.output;

import io.fiducia.geometry.Vec3;
import io.fiducia.raster.LabelPalette;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Draws the surfaces that {@link FirstHits} found, as seen from the front. Normals are the gradient
 * of the structure's mask under a Gaussian; outlines are smoothed by a vote among the columns around
 * a point, each point of the picture being four samples.
 */
final class SurfaceRenderer {
  /** Where the light comes from, in the patient's axes: from the left above the viewer. */
  private static final double[] LIGHT = unit(-0.45, -0.75, 0.5);
  private static final double[] HALF = unit(LIGHT[0], LIGHT[1] - 1, LIGHT[2]);
  private static final double DEPTH_CUE = 0.35;
  /** How strongly points behind their surroundings are darkened, per mm. */
  private static final double OCCLUSION = 0.012;
  private static final double OCCLUSION_RADIUS_MM = 9;
  private static final int SAMPLES = 2;

  private final PatientGrid grid;
  private final short[] labels;
  private final short[] depths;
  private final int nx;
  private final int nz;
  private final float[] shade;

  SurfaceRenderer(PatientGrid grid, short[] labels, short[] depths) {
    this.grid = grid;
    this.labels = labels;
    this.depths = depths;
    this.nx = grid.size().x();
    this.nz = grid.size().z();
    this.shade = shades();
  }

  /** The part of the columns to draw, in voxels: from x0, z0 over width and height. */
  record Window(double x0, double z0, double width, double height) {}

  /** Receives the finished pixels, counted from the upper left. */
  @FunctionalInterface
  interface Pixels {
    void set(int x, int y, int rgb);
  }

  /** Draws a window of the surfaces over a picture of a size. */
  void draw(Window window, int width, int height, int background, Pixels pixels) {
    IntStream.range(0, height).parallel().forEach(y -> {
      ColumnVote vote = new ColumnVote(labels, shade, nx, nz);
      for (int x = 0; x < width; x++) {
        double r = 0;
        double g = 0;
        double b = 0;
        for (int s = 0; s < SAMPLES * SAMPLES; s++) {
          double u = (x + (s % SAMPLES + 0.5) / SAMPLES) / width;
          double v = (y + (s / SAMPLES + 0.5) / SAMPLES) / height;
          int rgb = background;
          double light = 1;
          vote.at(window.x0 + u * window.width - 0.5,
              window.z0 + (1 - v) * window.height - 0.5);
          if (vote.label() != 0) {
            rgb = LabelPalette.rgb(vote.label());
            light = vote.shade();
          }
          r += Math.min(255, light * (rgb >> 16));
          g += Math.min(255, light * (rgb >> 8 & 255));
          b += Math.min(255, light * (rgb & 255));
        }
        int n = SAMPLES * SAMPLES;
        pixels.set(x, y,
            (int) Math.round(r / n) << 16 | (int) Math.round(g / n) << 8 | (int) Math.round(b / n));
      }
    });
  }

  private float[] shades() {
    Kernel kernel = Kernel.of(grid.spacingMm());
    float[] mm = new float[labels.length];
    float nearest = Float.POSITIVE_INFINITY;
    float farthest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < labels.length; c++) {
      mm[c] = (float) (depths[c] * grid.spacingMm().y());
      if (labels[c] != 0) {
        nearest = Math.min(nearest, mm[c]);
        farthest = Math.max(farthest, mm[c]);
      }
    }
    float[] surroundings = surroundings(mm);
    float[] result = new float[labels.length];
    float near = nearest;
    float range = Math.max(1, farthest - nearest);
    IntStream.range(0, nz).parallel().forEach(k -> {
      double[] n = new double[3];
      for (int i = 0; i < nx; i++) {
        int c = k * nx + i;
        if (labels[c] == 0) {
          continue;
        }
        kernel.normal(grid, i, depths[c], k, labels[c], n);
        double behind = Math.max(0, mm[c] - surroundings[c]);
        double open = 1 - Math.min(0.45, OCCLUSION * behind);
        double cue = 1 - DEPTH_CUE * (mm[c] - near) / range;
        result[c] = (float) (light(n) * open * cue);
      }
    });
    return result;
  }

  private static double light(double[] n) {
    double diffuse = Math.max(0, dot(n, LIGHT));
    // A weak light from the viewer keeps what turns away from the other one visible.
    double facing = Math.max(0, -n[1]);
    double gloss = Math.pow(Math.max(0, dot(n, HALF)), 24);
    return 0.22 + 0.66 * diffuse + 0.24 * facing + 0.18 * gloss;
  }

  /** The mean depth of the surfaces around each column; steps of the surface itself average out. */
  private float[] surroundings(float[] mm) {
    double[] sum = new double[labels.length];
    double[] count = new double[labels.length];
    for (int c = 0; c < labels.length; c++) {
      sum[c] = labels[c] == 0 ? 0 : mm[c];
      count[c] = labels[c] == 0 ? 0 : 1;
    }
    int rx = radius(grid.spacingMm().x());
    int rz = radius(grid.spacingMm().z());
    for (double[] field : new double[][]{sum, count}) {
      for (int round = 0; round < 2; round++) {
        box(field, nx, 1, nz, nx, rx);
        box(field, nz, nx, nx, 1, rz);
      }
    }
    float[] mean = new float[labels.length];
    for (int c = 0; c < mean.length; c++) {
      mean[c] = (float) (count[c] > 0 ? sum[c] / count[c] : 0);
    }
    return mean;
  }

  private static int radius(double spacing) {
    return Math.max(1, (int) Math.round(OCCLUSION_RADIUS_MM / 2 / spacing));
  }

  /** Sums over {@code 2 radius + 1} entries along lines of a length, for each of several lines. */
  private static void box(double[] field, int length, int step, int lines, int lineStep,
      int radius) {
    double[] prefix = new double[length + 1];
    for (int line = 0; line < lines; line++) {
      int at = line * lineStep;
      for (int n = 0; n < length; n++) {
        prefix[n + 1] = prefix[n] + field[at + n * step];
      }
      for (int n = 0; n < length; n++) {
        field[at + n * step] = prefix[Math.min(length, n + radius + 1)]
            - prefix[Math.max(0, n - radius)];
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  }

  private static double[] unit(double x, double y, double z) {
    double length = Math.sqrt(x * x + y * y + z * z);
    return new double[]{x / length, y / length, z / length};
  }

  /** The weights of a mask's gradient: the derivative of a Gaussian along three axes, in mm. */
  private record Kernel(int rx, int ry, int rz, double[] gx, double[] gy, double[] gz) {
    static Kernel of(Vec3 spacing) {
      double sigma = 1.5 * Math.cbrt(spacing.x() * spacing.y() * spacing.z());
      int rx = radius(sigma, spacing.x());
      int ry = radius(sigma, spacing.y());
      int rz = radius(sigma, spacing.z());
      int entries = (2 * rx + 1) * (2 * ry + 1) * (2 * rz + 1);
      Kernel k = new Kernel(rx, ry, rz, new double[entries], new double[entries],
          new double[entries]);
      int n = 0;
      for (int c = -rz; c <= rz; c++) {
        for (int b = -ry; b <= ry; b++) {
          for (int a = -rx; a <= rx; a++, n++) {
            double x = a * spacing.x();
            double y = b * spacing.y();
            double z = c * spacing.z();
            double w = Math.exp(-(x * x + y * y + z * z) / (2 * sigma * sigma));
            k.gx[n] = w * x;
            k.gy[n] = w * y;
            k.gz[n] = w * z;
          }
        }
      }
      return k;
    }

    private static int radius(double sigma, double spacing) {
      return Math.clamp((int) Math.ceil(1.8 * sigma / spacing), 1, 5);
    }

    /** The outward unit normal of a label's surface at one of its voxels. */
    void normal(PatientGrid g, int i, int j, int k, int label, double[] out) {
      int nx = g.size().x();
      int ny = g.size().y();
      int nz = g.size().z();
      short[] data = g.data();
      int step = g.strides().strideX();
      double x = 0;
      double y = 0;
      double z = 0;
      int n = 0;
      for (int c = -rz; c <= rz; c++) {
        int kk = Math.clamp(k + c, 0, nz - 1);
        for (int b = -ry; b <= ry; b++) {
          int row = g.row(Math.clamp(j + b, 0, ny - 1), kk);
          for (int a = -rx; a <= rx; a++, n++) {
            int ii = Math.clamp(i + a, 0, nx - 1);
            if (data[row + ii * step] == label) {
              x -= gx[n];
              y -= gy[n];
              z -= gz[n];
            }
          }
        }
      }
      double length = Math.sqrt(x * x + y * y + z * z);
      if (length < 1e-9) {
        Arrays.fill(out, 0);
        out[1] = -1;
        return;
      }
      out[0] = x / length;
      out[1] = y / length;
      out[2] = z / length;
    }
  }
}
