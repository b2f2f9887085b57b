package io.fiducia.anatomy.output;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.raster.LabelPalette;
import io.fiducia.volume.FloatVolume;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Draws one coronal slice of an image in shades of grey, with or without its structures. */
final class SlicePanel {
  private static final double OPACITY = 0.5;

  private final PatientGrid grid;
  private final int slice;
  private final float[] values;
  private final float low;
  private final float high;

  private SlicePanel(PatientGrid grid, int slice, float[] values, float low, float high) {
    this.grid = grid;
    this.slice = slice;
    this.values = values;
    this.low = low;
    this.high = high;
  }

  /** A slice of a CT, in HU, in the window for soft tissue (-115 to 225, as TotalSegmentator's). */
  static SlicePanel ofCt(PatientGrid grid, FloatVolume image, int slice) {
    return new SlicePanel(grid, slice, sampled(grid, image, slice), -115, 225);
  }

  /** A slice of an MR image, from its 2nd to its 99th percentile. */
  static SlicePanel ofMr(PatientGrid grid, FloatVolume image, int slice) {
    float[] values = sampled(grid, image, slice);
    float[] known = new float[values.length];
    int count = 0;
    for (float value : values) {
      if (Float.isFinite(value)) {
        known[count++] = value;
      }
    }
    Arrays.sort(known, 0, count);
    float low = count == 0 ? 0 : known[(int) (0.02 * (count - 1))];
    float high = count == 0 ? 1 : known[(int) (0.99 * (count - 1))];
    return new SlicePanel(grid, slice, values, low, Math.max(high, Math.nextUp(low)));
  }

  /**
   * The slice that shows most structures, and among such slices the one with most of their voxels;
   * the middle one if there are none.
   */
  static int fullest(PatientGrid grid) {
    Size size = grid.size();
    long[] scores = IntStream.range(0, size.y()).parallel().mapToLong(j -> {
      boolean[] seen = new boolean[Short.MAX_VALUE + 1];
      long structures = 0;
      long voxels = 0;
      for (int k = 0; k < size.z(); k++) {
        int at = grid.row(j, k);
        for (int i = 0; i < size.x(); i++, at += grid.strides().strideX()) {
          int label = grid.data()[at];
          if (label > 0) {
            voxels++;
            structures += seen[label] ? 0 : 1;
            seen[label] = true;
          }
        }
      }
      return structures << 32 | voxels;
    }).toArray();
    int best = size.y() / 2;
    for (int j = 0; j < scores.length; j++) {
      best = scores[j] > scores[best] ? j : best;
    }
    return best;
  }

  /** The image at the voxels of the slice; it may have another grid. Outside it is NaN. */
  private static float[] sampled(PatientGrid grid, FloatVolume image, int slice) {
    int nx = grid.size().x();
    int nz = grid.size().z();
    Vec3 start = image.geometry().toIndex(grid.grid().toPhysical(0, slice, 0));
    Vec3 stepX = image.geometry().toIndex(grid.grid().toPhysical(1, slice, 0)).minus(start);
    Vec3 stepZ = image.geometry().toIndex(grid.grid().toPhysical(0, slice, 1)).minus(start);
    Size in = image.geometry().size();
    float[] values = new float[nx * nz];
    IntStream.range(0, nz).parallel().forEach(k -> {
      for (int i = 0; i < nx; i++) {
        Vec3 p = start.plus(stepX.times(i)).plus(stepZ.times(k));
        int x = (int) Math.round(p.x());
        int y = (int) Math.round(p.y());
        int z = (int) Math.round(p.z());
        boolean inside = x >= 0 && x < in.x() && y >= 0 && y < in.y() && z >= 0 && z < in.z();
        values[k * nx + i] = inside ? image.data()[in.index(x, y, z)] : Float.NaN;
      }
    });
    return values;
  }

  /** Draws the whole slice over a picture of a size. */
  void draw(boolean withStructures, int width, int height, SurfaceRenderer.Pixels pixels) {
    int nx = grid.size().x();
    int nz = grid.size().z();
    short[] labels = new short[nx * nz];
    for (int c = 0; c < labels.length; c++) {
      labels[c] = (short) Math.max(0, grid.at(c % nx, slice, c / nx));
    }
    float[] shades = new float[labels.length];
    IntStream.range(0, height).parallel().forEach(y -> {
      ColumnVote vote = new ColumnVote(labels, shades, nx, nz);
      for (int x = 0; x < width; x++) {
        double u = (x + 0.5) / width * nx - 0.5;
        double v = (1 - (y + 0.5) / height) * nz - 0.5;
        int grey = grey(u, v);
        vote.at(u, v);
        pixels.set(x, y, withStructures && vote.label() > 0
            ? blended(grey, LabelPalette.rgb(vote.label()))
            : grey * 0x10101);
      }
    });
  }

  private static int blended(int grey, int rgb) {
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      colour |= (int) Math.round((1 - OPACITY) * grey + OPACITY * (rgb >> shift & 255)) << shift;
    }
    return colour;
  }

  private int grey(double x, double z) {
    int nx = grid.size().x();
    int nz = grid.size().z();
    int i = (int) Math.floor(x);
    int k = (int) Math.floor(z);
    double sum = 0;
    for (int corner = 0; corner < 4; corner++) {
      int ii = i + (corner & 1);
      int kk = k + (corner >> 1);
      double weight = (1 - Math.abs(x - ii)) * (1 - Math.abs(z - kk));
      float value = values[Math.clamp(kk, 0, nz - 1) * nx + Math.clamp(ii, 0, nx - 1)];
      double scaled = (value - low) / (high - low);
      sum += weight * (scaled >= 0 ? Math.min(1, scaled) : 0);
    }
    return (int) Math.round(255 * sum);
  }
}
