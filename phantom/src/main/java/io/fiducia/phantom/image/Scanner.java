package io.fiducia.phantom.image;

import io.fiducia.geometry.Geometry;
import io.fiducia.phantom.TissueSource;
import io.fiducia.volume.FloatVolume;

/** A machine that makes images of a synthetic body. Immutable; safe to use from several threads. */
public interface Scanner {
  /**
   * An image of a body.
   *
   * @param grid the voxels wanted; a slice of the machine is a plane of the grid's x and y axes
   * @param seed of this examination: the patient's tissues, the table, the noise
   * @param threads how many to work with, at least 1; never changes the image
   * @return whole numbers; HU from -1024 to 3071 for CT, arbitrary units not below 0 for MR
   * @throws IllegalArgumentException if threads is below 1
   */
  FloatVolume scan(TissueSource body, Geometry grid, long seed, int threads);

  /** A short name for tables of covariates. */
  String name();
}
