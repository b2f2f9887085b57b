package io.fiducia.anatomy.statistics;

import io.fiducia.geometry.Vec3;
import io.fiducia.volume.Region;
import java.util.Optional;

/**
 * Figures of one structure, rounded as TotalSegmentator rounds them.
 *
 * @param name the structure's name
 * @param volumeMm3 0 for a structure that is cut off by the image's border (see {@link
 *     StatisticsOptions#excludeAtBorder})
 * @param intensity mean or median, to five decimals; 0 where the volume is 0
 * @param extra empty unless asked for
 */
public record StructureStatistics(String name, double volumeMm3, double intensity,
    Optional<Extra> extra) {
  /**
   * Further figures.
   *
   * @param voxels number of voxels
   * @param deviation standard deviation of the intensities (divided by n), to five decimals
   * @param centroid mean voxel index along x, y and z, to two decimals; empty without voxels
   * @param box the bounding box in voxels; empty without voxels
   */
  public record Extra(long voxels, double deviation, double min, double max,
      Optional<Vec3> centroid, Optional<Region> box) {
    static final Extra NONE = new Extra(0, 0, 0, 0, Optional.empty(), Optional.empty());
  }
}
