package io.fiducia.universeg.train;

import io.fiducia.geometry.SlicePlane;
import java.util.List;

/**
 * Which tasks are made of datasets.
 *
 * @param planes planes to cut slices in
 * @param heldOut names of structures that are only validated on
 * @param patients at most this many patients of each dataset; they are drawn by the seed
 * @param seed where the draw of patients comes from
 */
public record TaskChoice(List<SlicePlane> planes, List<String> heldOut, int patients, long seed) {
  /** Patients of a dataset, if nothing else is asked for: three datasets take about 2.5 GB. */
  public static final int USUAL_PATIENTS = 24;

  public TaskChoice {
    planes = List.copyOf(planes);
    heldOut = List.copyOf(heldOut);
    if (planes.isEmpty() || patients < 1) {
      throw new IllegalArgumentException(planes + ", " + patients + " patients");
    }
  }
}
