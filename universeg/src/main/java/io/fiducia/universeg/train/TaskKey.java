package io.fiducia.universeg.train;

import io.fiducia.geometry.SlicePlane;

/**
 * What a task is: to find one structure in slices of one plane, in the cases of one dataset.
 *
 * @param dataset name of the dataset
 * @param structure name of the structure
 * @param plane the slices' plane
 */
record TaskKey(String dataset, String structure, SlicePlane plane) {
  @Override
  public String toString() {
    return dataset + ", " + structure + ", " + plane.word();
  }
}
