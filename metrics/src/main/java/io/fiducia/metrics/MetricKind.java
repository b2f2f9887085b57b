package io.fiducia.metrics;

import io.fiducia.metrics.compat.FigureNames;
import java.util.Locale;

/**
 * What can be measured of a structure. Each kind's name is a contract: it is what metrics.csv and
 * summary.json hold. The definitions are in docs/evaluation.md.
 */
public enum MetricKind {
  DICE("Dice", ""),
  IOU("IoU", ""),
  TP("TP", MetricKind.VOXELS),
  FP("FP", MetricKind.VOXELS),
  FN("FN", MetricKind.VOXELS),
  TN("TN", MetricKind.VOXELS),
  N_PRED("n_pred", MetricKind.VOXELS),
  N_REF("n_ref", MetricKind.VOXELS),
  SENSITIVITY("sensitivity", ""),
  PRECISION("precision", ""),
  VOLUME_PRED("volume_pred_cm3", "cm3"),
  VOLUME_REF("volume_ref_cm3", "cm3"),
  VOLUME_DIFFERENCE("volume_difference_cm3", "cm3"),
  VOLUME_DIFFERENCE_REL("volume_difference_rel", ""),
  CENTROID_SHIFT_X("centroid_shift_x_mm", "mm"),
  CENTROID_SHIFT_Y("centroid_shift_y_mm", "mm"),
  CENTROID_SHIFT_Z("centroid_shift_z_mm", "mm"),
  HAUSDORFF("HD_mm", "mm"),
  /** Takes the percentile. */
  HAUSDORFF_PERCENTILE("HD%s_mm", "mm"),
  ASSD("ASSD_mm", "mm"),
  MASD("MASD_mm", "mm"),
  /** Takes the tolerance in mm. */
  NSD("NSD@%smm", ""),
  /** Takes the tolerance in mm. */
  NSD_VOXEL("NSD_voxel@%smm", ""),
  APL("APL_mm", "mm"),
  APL_FRACTION("APL_fraction", ""),
  N_COMPONENTS("n_components", "components"),
  MISSING_SLICES("missing_slices", "slices");

  static final String VOXELS = "voxels";

  private final String pattern;
  private final String unit;

  MetricKind(String pattern, String unit) {
    this.pattern = pattern;
    this.unit = unit;
  }

  /** The unit of the metric's values; empty for ratios. */
  public String unit() {
    return unit;
  }

  /** Whether the values are whole numbers. */
  public boolean isCount() {
    return unit.equals(VOXELS) || unit.equals("components") || unit.equals("slices");
  }

  /** Whether the metric needs a tolerance. */
  public boolean takesTolerance() {
    return this == NSD || this == NSD_VOXEL;
  }

  /** The metric's name; the parameter stands in it where the kind takes one. */
  String name(double parameter) {
    return String.format(Locale.ROOT, pattern, FigureNames.number(parameter));
  }

  /** The name without parameter and unit, by which {@code --metrics} may call it: HD, NSD, APL. */
  String family() {
    return pattern.replace("@%smm", "").replace("%s", "").replaceAll("_(mm|cm3)$", "");
  }
}
