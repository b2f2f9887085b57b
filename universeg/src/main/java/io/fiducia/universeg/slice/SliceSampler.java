package io.fiducia.universeg.slice;

import io.fiducia.geometry.Geometry;
import io.fiducia.resample.GridSampler;
import io.fiducia.volume.FloatVolume;
import java.util.stream.IntStream;

/**
 * Cuts stacks of slices out of volumes of any orientation and spacing. Where a pixel is larger than a
 * voxel, it gets the mean of several samples, so that noise and thin structures do not alias.
 */
public final class SliceSampler {
  private static final int MOST_PARTS = 4;

  private SliceSampler() {}

  /** The image in a view, slice after slice, row by row; NaN outside of the image. */
  public static float[] image(FloatVolume image, SliceView view) {
    return sample(image, view, Float.NaN);
  }

  /**
   * A structure in a view: the share of each pixel that it covers, 0 to 1.
   *
   * @param mask 1 inside of the structure, 0 elsewhere; what lies beyond the grid counts as 0
   */
  public static float[] coverage(FloatVolume mask, SliceView view) {
    return sample(mask, view, 0);
  }

  private static float[] sample(FloatVolume volume, SliceView view, float outside) {
    int parts = parts(volume.geometry(), view);
    float[] fine = GridSampler.sample(volume, view.grid(parts), 1, outside).data();
    if (parts == 1) {
      return fine;
    }
    float[] out = new float[view.grid().size().voxels()];
    IntStream.range(0, view.slices() * view.pixels()).parallel()
        .forEach(row -> averageRow(fine, out, row, parts, view.pixels()));
    return out;
  }

  /** Row {@code row} of the result, of all slices' rows one after another; NaN samples do not count. */
  private static void averageRow(float[] fine, float[] out, int row, int parts, int side) {
    int fineSide = side * parts;
    int first = row * parts * fineSide;
    for (int x = 0; x < side; x++) {
      double sum = 0;
      int count = 0;
      for (int j = 0; j < parts; j++) {
        for (int i = 0; i < parts; i++) {
          float v = fine[first + j * fineSide + x * parts + i];
          if (!Float.isNaN(v)) {
            sum += v;
            count++;
          }
        }
      }
      out[row * side + x] = count == 0 ? Float.NaN : (float) (sum / count);
    }
  }

  private static int parts(Geometry grid, SliceView view) {
    double finest = Math.min(grid.spacingMm().x(),
        Math.min(grid.spacingMm().y(), grid.spacingMm().z()));
    return (int) Math.max(1, Math.min(MOST_PARTS, Math.rint(view.pixelMm() / finest)));
  }
}
