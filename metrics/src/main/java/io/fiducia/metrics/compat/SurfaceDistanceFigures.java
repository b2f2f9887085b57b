package io.fiducia.metrics.compat;

import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.Side;
import io.fiducia.metrics.surface.SurfelDistances;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of surface-distance 0.1 (google-deepmind). Distances lie between surface elements and
 * are weighted by their areas; the percentile is the first distance at which the cumulative area
 * reaches the share, per direction, and the larger of the two. Nothing on both sides: Dice, NSD and
 * the average distances NaN, HD infinite. One side empty: HD infinite, NSD 0, one average distance
 * infinite and the other NaN.
 *
 * <p>Sums are taken in NumPy's order, because a share that is reached exactly decides between two
 * distances.
 */
final class SurfaceDistanceFigures {
  private SurfaceDistanceFigures() {}

  static Map<String, Double> of(MaskPair pair, List<Double> tolerancesMm,
      List<Double> percentiles) {
    SurfelDistances d = SurfelDistances.between(pair);
    Sorted reference = Sorted.of(d.fromReference(), d.referenceAreas());
    Sorted prediction = Sorted.of(d.fromPrediction(), d.predictionAreas());
    Map<String, Double> figures = new LinkedHashMap<>();
    long both = pair.voxels(Side.REFERENCE) + pair.voxels(Side.PREDICTION);
    figures.put("Dice", (double) (2 * pair.common()) / both);
    figures.put("HD_mm", Math.max(reference.percentile(100), prediction.percentile(100)));
    for (double p : percentiles) {
      figures.put(FigureNames.hausdorff(p),
          Math.max(reference.percentile(p), prediction.percentile(p)));
    }
    for (double t : tolerancesMm) {
      figures.put(FigureNames.surfaceDice(t), (reference.areaWithin(t) + prediction.areaWithin(t))
          / (reference.area() + prediction.area()));
    }
    figures.put("ASD_ref_to_pred_mm", reference.mean());
    figures.put("ASD_pred_to_ref_mm", prediction.mean());
    return figures;
  }

  /** Distances with their areas, by distance and then by area. */
  private record Sorted(double[] distances, double[] areas) {
    static Sorted of(double[] distances, double[] areas) {
      double[] levels = Arrays.stream(distances).distinct().sorted().toArray();
      double[] sizes = Arrays.stream(areas).distinct().sorted().toArray();
      long[] keys = new long[distances.length];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = (long) Arrays.binarySearch(levels, distances[i]) * sizes.length
            + Arrays.binarySearch(sizes, areas[i]);
      }
      Arrays.sort(keys);
      double[] d = new double[keys.length];
      double[] a = new double[keys.length];
      for (int i = 0; i < keys.length; i++) {
        d[i] = levels[(int) (keys[i] / sizes.length)];
        a[i] = sizes[(int) (keys[i] % sizes.length)];
      }
      return new Sorted(d, a);
    }

    double area() {
      return PairwiseSum.of(areas);
    }

    double percentile(double percent) {
      if (distances.length == 0) {
        return Double.POSITIVE_INFINITY;
      }
      double total = area();
      double running = 0;
      for (int i = 0; i < areas.length; i++) {
        running += areas[i];
        if (running / total >= percent / 100) {
          return distances[i];
        }
      }
      return distances[distances.length - 1];
    }

    double areaWithin(double toleranceMm) {
      int n = 0;
      while (n < distances.length && distances[n] <= toleranceMm) {
        n++;
      }
      return PairwiseSum.of(Arrays.copyOf(areas, n));
    }

    double mean() {
      double[] products = new double[areas.length];
      for (int i = 0; i < products.length; i++) {
        products[i] = distances[i] * areas[i];
      }
      return PairwiseSum.of(products) / area();
    }
  }
}
