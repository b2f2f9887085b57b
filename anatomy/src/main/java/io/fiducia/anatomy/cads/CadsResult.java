package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;

/** What one task found in one scan, after post-processing. */
public final class CadsResult {
  private final AnatomyTask task;
  private final LabelVolume onModelGrid;
  private final CadsGrid grid;

  CadsResult(AnatomyTask task, LabelVolume onModelGrid, CadsGrid grid) {
    this.task = task;
    this.onModelGrid = onModelGrid;
    this.grid = grid;
  }

  /** The task. */
  public AnatomyTask task() {
    return task;
  }

  /** The image that the network saw. */
  public FloatVolume modelImage() {
    return grid.image();
  }

  /** Labels on the network's grid, that of {@link #modelImage()}. */
  public LabelVolume onModelGrid() {
    return onModelGrid;
  }

  /** Labels on the grid of the scan; computed at each call. */
  public LabelVolume labels() {
    return toScan(onModelGrid);
  }

  /** Other labels of the network's grid on the grid of the scan. */
  public LabelVolume toScan(LabelVolume labels) {
    return grid.toSource(labels);
  }
}
