package io.fiducia.phantom.image;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.util.Arrays;

/**
 * The least and the greatest of some numbers.
 *
 * @param least positive infinity if there were none
 * @param most negative infinity if there were none
 */
record Span(double least, double most) {
  /** A number at a voxel; NaN where there is none. */
  @FunctionalInterface
  interface At {
    double of(int voxel, Vec3 place);
  }

  /** Over all voxels of a grid. */
  static Span of(Geometry grid, Workers workers, At at) {
    Size size = grid.size();
    double[] least = new double[size.z()];
    double[] most = new double[size.z()];
    workers.each(size.z(), k -> {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          double value = at.of(size.index(i, j, k), grid.toPhysical(i, j, k));
          if (value < low) {
            low = value;
          }
          if (value > high) {
            high = value;
          }
        }
      }
      least[k] = low;
      most[k] = high;
    });
    return new Span(Arrays.stream(least).min().orElseThrow(),
        Arrays.stream(most).max().orElseThrow());
  }
}
