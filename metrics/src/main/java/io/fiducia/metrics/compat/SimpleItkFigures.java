package io.fiducia.metrics.compat;

import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.SetDistances;
import io.fiducia.metrics.surface.Side;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of SimpleITK 2.5 (ITK 5.4): LabelOverlapMeasures with the prediction as source and the
 * reference as target, and HausdorffDistance, whose distances run from all voxels of one mask to the
 * other mask and are 0 inside it; the average is the mean of the two directions and counts those
 * zeros. There is no percentile and no tolerance.
 *
 * <p>If a mask is empty HausdorffDistance throws, which is NaN here. Overlap figures are 0 if both
 * are empty; an error whose mask is empty is the largest double.
 */
final class SimpleItkFigures {
  private SimpleItkFigures() {}

  static Map<String, Double> of(MaskPair pair, List<Double> tolerancesMm,
      List<Double> percentiles) {
    double ref = pair.voxels(Side.REFERENCE);
    double pred = pair.voxels(Side.PREDICTION);
    double common = pair.common();
    boolean none = ref + pred == 0;
    boolean both = ref > 0 && pred > 0;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("Dice", none ? 0 : 2 * common / (ref + pred));
    figures.put("Jaccard", none ? 0 : common / (ref + pred - common));
    figures.put("volume_similarity", none ? 0 : 2 * (pred - ref) / (ref + pred));
    figures.put("false_negative_error",
        none ? 0 : ref == 0 ? Double.MAX_VALUE : (ref - common) / ref);
    figures.put("false_positive_error", none
        ? 0
        : pred == 0 ? Double.MAX_VALUE : (pred - common) / (pair.imageSize().voxels() - ref));
    SetDistances a = SetDistances.from(pair, Side.REFERENCE);
    SetDistances b = SetDistances.from(pair, Side.PREDICTION);
    figures.put("HD_mm", both ? Math.max(a.largest(), b.largest()) : Double.NaN);
    figures.put("HD_average_mm", both ? 0.5 * (a.mean() + b.mean()) : Double.NaN);
    return figures;
  }
}
