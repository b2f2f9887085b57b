package io.fiducia.phantom;

import java.util.Optional;

/**
 * The muscles in front of and beside the peritoneal space: the two straight muscles on either side of
 * the midline, and the three flat ones that lie in layers beside them. Positions are in mm before
 * scaling by the skeleton.
 */
final class AbdominalWall {
  /** Half the width of both straight muscles at the pubis, how fast they widen upwards, and at most. */
  private static final double PUBIS_HALF_WIDTH_MM = 14;
  private static final double WIDENING = 0.62;
  private static final double HALF_WIDTH_MM = 56;
  /** From this height upwards; below lies the pubis. */
  private static final double PUBIS_Z = 4;
  private static final double STRAIGHT_FLOOR_Z = 2;
  /** Thickness of the straight muscles in the middle; they end as the fourth power of the width. */
  private static final double STRAIGHT_MM = 10;
  private static final int ROUNDING = 4;
  /** The ligament in the midline and the sheath behind the muscles. */
  private static final double MIDLINE_HALF_WIDTH_MM = 1.6;
  private static final double SHEATH_MM = 0.8;

  /** The flat muscles: all three, one with the fat that parts it from the next, and that fat. */
  private static final double FLAT_MM = 17;
  private static final double LAYER_MM = 5.7;
  private static final double LAYER_FAT_MM = 0.9;
  /** They begin beside the straight ones and end where the back begins. */
  private static final double FROM_STRAIGHT_MM = 3;
  private static final double BACK_Y = 62;
  /** Their lower edge is the inguinal ligament, which falls towards the side. */
  private static final double INGUINAL_Z = 62;
  private static final double INGUINAL_FALL = 0.4;
  /** They lie in front of the hip bones, and above those reach further back. */
  private static final double HIP_FRONT_Y = -42;
  private static final double HIP_SPINE_Z = 74;
  private static final double BACKWARD = 1.35;

  private AbdominalWall() {}

  /**
   * The tissue of the wall at a place; empty where there is none of it.
   *
   * @param cavityDepth depth inside the wall's inner surface, mm; the wall lies outside of it
   */
  static Optional<Tissue> at(double x, double y, double z, double cavityDepth) {
    if (cavityDepth > 0) {
      return Optional.empty();
    }
    double halfWidth = Math.min(HALF_WIDTH_MM,
        PUBIS_HALF_WIDTH_MM + WIDENING * Math.max(0, z - PUBIS_Z));
    double thick = STRAIGHT_MM
        * Math.sqrt(Math.max(0, 1 - Math.pow(x / halfWidth, ROUNDING)));
    if (y < 0 && z > STRAIGHT_FLOOR_Z && cavityDepth > -thick) {
      return Optional.of(Math.abs(x) < MIDLINE_HALF_WIDTH_MM || cavityDepth > -SHEATH_MM
          ? Tissue.LIGAMENT
          : Tissue.MUSCLE);
    }
    boolean beforeHip = y < HIP_FRONT_Y + Math.max(0, z - HIP_SPINE_Z) * BACKWARD;
    boolean flat = cavityDepth > -FLAT_MM && z > INGUINAL_Z - INGUINAL_FALL * Math.abs(x)
        && beforeHip && Math.abs(x) >= halfWidth + FROM_STRAIGHT_MM && y < BACK_Y;
    if (flat) {
      return Optional.of(-cavityDepth % LAYER_MM < LAYER_FAT_MM ? Tissue.FAT : Tissue.MUSCLE);
    }
    return Optional.empty();
  }
}
