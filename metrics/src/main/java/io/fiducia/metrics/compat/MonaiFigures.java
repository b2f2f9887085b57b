package io.fiducia.metrics.compat;

import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.Side;
import io.fiducia.metrics.surface.SurfelDistances;
import io.fiducia.metrics.surface.VoxelDistances;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of MONAI 1.6, with {@code spacing} given (its default is voxels) and the structure as a
 * channel of its own. {@code HD} is its default without percentile; {@code ASSD} is its average
 * surface distance with {@code symmetric=True}, {@code ASD_pred_to_ref} the default; {@code NSD} is
 * its surface Dice with {@code use_subvoxels=True}, {@code NSD_voxel} the default. Distances are
 * rounded to single precision before they are compared with a tolerance.
 *
 * <p>Reference empty: Dice and IoU NaN, whatever was predicted. Nothing on both sides: all NaN. One
 * side empty: distances infinite, percentiles NaN, NSD 0.
 */
final class MonaiFigures {
  private MonaiFigures() {}

  static Map<String, Double> of(MaskPair pair, List<Double> tolerancesMm,
      List<Double> percentiles) {
    long ref = pair.voxels(Side.REFERENCE);
    long pred = pair.voxels(Side.PREDICTION);
    boolean both = ref > 0 && pred > 0;
    VoxelDistances voxels = VoxelDistances.between(pair).singlePrecision();
    SurfelDistances surfels = SurfelDistances.between(pair).singlePrecision();
    double missing = ref + pred == 0 ? Double.NaN : Double.POSITIVE_INFINITY;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("Dice", ref == 0 ? Double.NaN : (double) (2 * pair.common()) / (ref + pred));
    figures.put("IoU",
        ref == 0 ? Double.NaN : (double) pair.common() / (ref + pred - pair.common()));
    figures.put("HD_mm", both ? voxels.hausdorff() : missing);
    for (double p : percentiles) {
      figures.put(FigureNames.hausdorff(p), both
          ? Math.max(quantile(voxels.fromReference(), p), quantile(voxels.fromPrediction(), p))
          : Double.NaN);
    }
    figures.put("ASSD_mm", both ? voxels.assd() : missing);
    figures.put("ASD_pred_to_ref_mm", both ? voxels.meanFromPrediction() : missing);
    for (double t : tolerancesMm) {
      figures.put(FigureNames.surfaceDice(t), both ? surfels.shareWithin(t) : oneSided(missing));
      figures.put(FigureNames.surfaceDiceOfVoxels(t),
          both ? voxels.shareWithin(t) : oneSided(missing));
    }
    return figures;
  }

  private static double oneSided(double missing) {
    return Double.isNaN(missing) ? Double.NaN : 0;
  }

  /** torch.quantile: the position among the values, too, is of single precision. */
  private static float quantile(double[] sorted, double percent) {
    float position = (float) (percent / 100) * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    float part = position - below;
    float low = (float) sorted[below];
    float high = (float) sorted[above];
    return part < 0.5f ? low + part * (high - low) : high - (high - low) * (1 - part);
  }
}
