package io.fiducia.metrics.compat;

import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.Side;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of {@code plastimatch dice --all}, version 1.9. Distances run from all voxels of one
 * mask to the other (the boundary figures: from its boundary voxels to the other's), 0 inside it; the
 * percentile is the value of index floor(0.95 n - 1), and averages and percentiles are means of the
 * two directions. Its special rules are reproduced: an axis that both masks together span from end
 * to end loses its last slice before distances are taken; an axis of one slice has no boundary;
 * distances are those of {@link StepPropagation}; a distance to nothing is the largest float. The
 * percentile of a single voxel, for which the program reads what lies before its array, is 0 here. The
 * program knows volumes only, so that a plane is a volume of one slice.
 *
 * <p>Nothing on both sides: Dice 0, distances NaN (the program stops). One side empty: only one
 * direction counts, at half weight.
 */
final class PlastimatchFigures {
  private static final float FRACTION = 0.95f;

  private PlastimatchFigures() {}

  static Map<String, Double> of(MaskPair pair, List<Double> tolerancesMm,
      List<Double> percentiles) {
    double ref = pair.voxels(Side.REFERENCE);
    double pred = pair.voxels(Side.PREDICTION);
    double common = pair.common();
    double all = pair.imageSize().voxels();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("Dice", ref + pred == 0 ? 0 : 2 * common / (ref + pred));
    figures.put("sensitivity", common / ref);
    figures.put("specificity", (all - ref - pred + common) / (all - ref));
    if (ref + pred == 0) {
      put(figures, "", Summary.NONE, Summary.NONE);
      put(figures, "_boundary", Summary.NONE, Summary.NONE);
      return figures;
    }
    PlastimatchGrid grid = PlastimatchGrid.of(pair);
    boolean[] r = grid.mask(Side.REFERENCE);
    boolean[] p = grid.mask(Side.PREDICTION);
    boolean[] rEdge = grid.boundary(r);
    boolean[] pEdge = grid.boundary(p);
    float[] toR = grid.distances(rEdge);
    float[] toP = grid.distances(pEdge);
    put(figures, "", Summary.of(r, p, toP), Summary.of(p, r, toR));
    boolean[] nowhere = new boolean[r.length];
    put(figures, "_boundary", Summary.of(rEdge, nowhere, toP), Summary.of(pEdge, nowhere, toR));
    return figures;
  }

  private static void put(Map<String, Double> figures, String suffix, Summary a, Summary b) {
    figures.put("HD" + suffix + "_mm", (double) Math.max(a.largest, b.largest));
    figures.put("HD_average" + suffix + "_mm", (double) (0.5f * a.mean + 0.5f * b.mean));
    figures.put("HD_max_average" + suffix + "_mm", (double) Math.max(a.mean, b.mean));
    figures.put("HD95" + suffix + "_mm", (double) (0.5f * a.percentile + 0.5f * b.percentile));
  }

  /** One direction's figures. */
  private record Summary(float largest, float mean, float percentile) {
    static final Summary NONE = new Summary(Float.NaN, Float.NaN, Float.NaN);

    /** Of the voxels {@code from}: their distances, 0 where they are {@code inside}. */
    static Summary of(boolean[] from, boolean[] inside, float[] distances) {
      float[] d = new float[from.length];
      int n = 0;
      double sum = 0;
      for (int i = 0; i < from.length; i++) {
        if (from[i]) {
          d[n] = inside[i] ? 0 : distances[i];
          sum += d[n++];
        }
      }
      if (n == 0) {
        return new Summary(0, 0, 0);
      }
      Arrays.sort(d, 0, n);
      int index = (int) Math.floor(FRACTION * n - 1);
      return new Summary(d[n - 1], (float) (sum / n), index < 0 ? 0 : d[Math.min(index, n - 1)]);
    }
  }
}
