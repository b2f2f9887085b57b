package io.fiducia.promptable.segment;

import io.fiducia.geometry.Geometry;
import io.fiducia.volume.LabelVolume;

/**
 * A label map of objects that may overlap, built up object by object: a voxel belongs to the object that is most
 * probable there, the first of equals.
 */
public final class ObjectLabels {
  private final Geometry grid;
  private final short[] labels;
  private final float[] best;
  private int shared;

  /** A label map without objects. */
  public ObjectLabels(Geometry grid) {
    this.grid = grid;
    this.labels = new short[grid.size().voxels()];
    this.best = new float[labels.length];
  }

  /**
   * Adds an object: the voxels whose probability is above one half.
   *
   * @param label above 0
   * @param probabilities on the grid
   * @return how many of its voxels belong to earlier objects too
   */
  public int add(int label, float[] probabilities) {
    int before = shared;
    for (int i = 0; i < labels.length; i++) {
      float p = probabilities[i];
      if (p > 0.5f) {
        shared += labels[i] > 0 ? 1 : 0;
        if (p > best[i]) {
          best[i] = p;
          labels[i] = (short) label;
        }
      }
    }
    return shared - before;
  }

  /** The label map; it changes when an object is added. */
  public LabelVolume labels() {
    return new LabelVolume(grid, labels);
  }
}
