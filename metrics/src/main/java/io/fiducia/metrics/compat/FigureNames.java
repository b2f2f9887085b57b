package io.fiducia.metrics.compat;

import java.math.BigDecimal;

/** Names of figures that carry a percentile or a tolerance, one spelling for all modes. */
public final class FigureNames {
  private FigureNames() {}

  /** {@code HD95_mm}. */
  static String hausdorff(double percent) {
    return "HD" + number(percent) + "_mm";
  }

  /** {@code NSD@2mm}: surface Dice of surface elements. */
  static String surfaceDice(double toleranceMm) {
    return "NSD@" + number(toleranceMm) + "mm";
  }

  /** {@code NSD_voxel@2mm}: surface Dice of boundary voxels. */
  static String surfaceDiceOfVoxels(double toleranceMm) {
    return "NSD_voxel@" + number(toleranceMm) + "mm";
  }

  /** A parameter as names show it: 2, 1.5, 97.5. */
  public static String number(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
