package io.fiducia.anatomy.statistics;

/**
 * What is computed.
 *
 * @param excludeAtBorder whether a structure with a voxel among the three outermost layers of the image
 *     counts as incomplete: all its figures are 0
 * @param normalized whether intensities are mapped to 0 to 1 by the image's smallest and largest one
 * @param extra whether {@link StructureStatistics.Extra} is computed
 */
public record StatisticsOptions(boolean excludeAtBorder, Aggregation aggregation,
    boolean normalized, boolean extra) {
  /** TotalSegmentator's defaults: no incomplete structures, mean intensity. */
  public static final StatisticsOptions DEFAULT = new StatisticsOptions(true, Aggregation.MEAN,
      false, false);
}
