package io.fiducia.phantom;

import io.fiducia.geometry.Geometry;
import io.fiducia.volume.LabelVolume;

/** A body that can be sampled on any grid, as finely as an image needs for its partial volumes. */
@FunctionalInterface
public interface TissueSource {
  /**
   * The tissue at each voxel centre, as {@link Tissue#code()}. Physical space is the patient's, LPS
   * in mm, with the origin midway between the centres of the femoral heads.
   */
  LabelVolume tissues(Geometry grid);
}
