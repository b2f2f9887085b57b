package io.fiducia.promptable.volume;

import io.fiducia.volume.FloatVolume;
import java.util.List;

/** Joins what was found of one structure in several planes. */
public final class PlaneFusion {
  private PlaneFusion() {}

  /**
   * The mean of probabilities, voxel by voxel.
   *
   * @param planes at least one, all on one grid
   * @throws IllegalArgumentException if there is none, or if the grids differ
   */
  public static FloatVolume mean(List<FloatVolume> planes) {
    if (planes.isEmpty()) {
      throw new IllegalArgumentException("no planes");
    }
    FloatVolume one = planes.getFirst();
    float[] out = new float[one.data().length];
    for (FloatVolume p : planes) {
      if (!p.geometry().sameGrid(one.geometry())) {
        throw new IllegalArgumentException("grids " + p.geometry() + " and " + one.geometry());
      }
    }
    for (int i = 0; i < out.length; i++) {
      double sum = 0;
      for (FloatVolume p : planes) {
        sum += p.data()[i];
      }
      out[i] = (float) (sum / planes.size());
    }
    return new FloatVolume(one.geometry(), out);
  }
}
