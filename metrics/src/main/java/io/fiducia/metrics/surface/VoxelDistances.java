package io.fiducia.metrics.surface;

import io.fiducia.geometry.Vec3;
import java.util.Arrays;

/**
 * Distances in mm between the boundary voxels of a reference and a prediction, each direction in
 * ascending order. Both masks must hold a voxel; {@link #between} says what else there is.
 *
 * @param fromReference of each boundary voxel of the reference to the nearest of the prediction
 * @param fromPrediction of each boundary voxel of the prediction to the nearest of the reference
 */
public record VoxelDistances(double[] fromReference, double[] fromPrediction) {
  /**
   * The distances between two boundaries. If one mask is empty, the other one's distances are
   * infinite and it has none itself.
   */
  public static VoxelDistances between(MaskPair pair) {
    PointSet[] boundary = BoundaryVoxels.of(pair);
    NearestSearch nearest = pair.nearest();
    double[] fromReference = nearest.distancesMm(boundary[0], boundary[1]);
    double[] fromPrediction = nearest.distancesMm(boundary[1], boundary[0]);
    Arrays.parallelSort(fromReference);
    Arrays.parallelSort(fromPrediction);
    return new VoxelDistances(fromReference, fromPrediction);
  }

  /**
   * The distances of the one boundary that there is to a single voxel.
   *
   * @param voxel its index in the image, which may lie outside
   */
  public static VoxelDistances toVoxel(MaskPair pair, Vec3 voxel) {
    PointSet[] boundary = BoundaryVoxels.of(pair);
    return new VoxelDistances(distances(pair, boundary[0], voxel),
        distances(pair, boundary[1], voxel));
  }

  private static double[] distances(MaskPair pair, PointSet points, Vec3 voxel) {
    double[] d = new double[points.count()];
    for (int row = 0; row < points.bits.rows(); row++) {
      double y = row % pair.ny + pair.box().startY() - 1 - voxel.y();
      double z = row / pair.ny + pair.box().startZ() - 1 - voxel.z();
      for (int p = points.rowStart[row]; p < points.rowStart[row + 1]; p++) {
        double x = points.xs[p] + pair.box().startX() - 1 - voxel.x();
        d[p] = pair.lattice().lengthMm(x, y, z);
      }
    }
    Arrays.sort(d);
    return d;
  }

  /** The same distances rounded to single precision. */
  public VoxelDistances singlePrecision() {
    return new VoxelDistances(rounded(fromReference), rounded(fromPrediction));
  }

  static double[] rounded(double[] values) {
    return Arrays.stream(values).map(v -> (float) v).toArray();
  }

  /** The mean distance of the prediction's boundary voxels to the reference's. */
  public double meanFromPrediction() {
    return mean(fromPrediction);
  }

  /** The larger of the two largest distances. */
  public double hausdorff() {
    return Math.max(fromReference[fromReference.length - 1],
        fromPrediction[fromPrediction.length - 1]);
  }

  /** The larger of the two directed percentiles, each with linear interpolation. */
  public double hausdorff(double percent) {
    return Math.max(Percentile.linear(fromReference, percent),
        Percentile.linear(fromPrediction, percent));
  }

  /** Average symmetric surface distance: the mean over all distances of both directions. */
  public double assd() {
    return (sum(fromReference) + sum(fromPrediction))
        / (fromReference.length + fromPrediction.length);
  }

  /** Mean average surface distance: the mean of the two directed means. */
  public double masd() {
    return 0.5 * (mean(fromReference) + mean(fromPrediction));
  }

  /** The share of all boundary voxels that lie at most {@code limitMm} from the other boundary. */
  public double shareWithin(double limitMm) {
    return (double) (countWithin(fromReference, limitMm) + countWithin(fromPrediction, limitMm))
        / (fromReference.length + fromPrediction.length);
  }

  /** How many of the sorted distances are at most the limit. */
  private static int countWithin(double[] sorted, double limitMm) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= limitMm) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double mean(double[] values) {
    return sum(values) / values.length;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double v : values) {
      sum += v;
    }
    return sum;
  }
}
