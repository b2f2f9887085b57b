package io.fiducia.metrics.compat;

import io.fiducia.geometry.Vec3;
import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.Side;
import io.fiducia.metrics.surface.VoxelDistances;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of MetricsReloaded (Project-MONAI), with its {@code pixdim} set to the spacing.
 * Distances lie between boundary voxels; percentiles are linear and the larger of the two. Nothing on
 * both sides: Dice 1, IoU NaN, distances 0, NSD 1. One side empty: distances NaN; NSD takes what SciPy
 * gives as the distance to nothing, which is the distance to a voxel just before the first along the
 * image's first axis.
 */
final class MetricsReloadedFigures {
  private MetricsReloadedFigures() {}

  static Map<String, Double> of(MaskPair pair, List<Double> tolerancesMm,
      List<Double> percentiles) {
    long ref = pair.voxels(Side.REFERENCE);
    long pred = pair.voxels(Side.PREDICTION);
    boolean none = ref + pred == 0;
    boolean both = ref > 0 && pred > 0;
    VoxelDistances d = both
        ? VoxelDistances.between(pair)
        : VoxelDistances.toVoxel(pair, new Vec3(-1, 0, 0));
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("Dice", none ? 1 : (double) (2 * pair.common()) / (ref + pred));
    figures.put("IoU", (double) pair.common() / (ref + pred - pair.common()));
    double missing = none ? 0 : Double.NaN;
    figures.put("HD_mm", both ? d.hausdorff() : missing);
    for (double p : percentiles) {
      figures.put(FigureNames.hausdorff(p), both ? d.hausdorff(p) : missing);
    }
    figures.put("ASSD_mm", both ? d.assd() : missing);
    figures.put("MASD_mm", both ? d.masd() : missing);
    for (double t : tolerancesMm) {
      figures.put(FigureNames.surfaceDiceOfVoxels(t), none ? 1 : d.shareWithin(t));
    }
    return figures;
  }
}
