package io.fiducia.phantom.image;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.TissueSource;
import java.util.ArrayList;
import java.util.List;

/**
 * A body sampled at several places in each voxel, for partial volumes. The places are the same in
 * every voxel: a sequence of low discrepancy (Roberts' generalised golden ratio in three
 * dimensions), so that few of them suffice.
 */
final class SubVoxels {
  /** 1 over the real root of x^4 = x + 1, and its powers. */
  private static final double[] STEPS = {0.8191725133961645, 0.6710436067037893,
    0.5497004779019703};
  private static final int MOST = 6;

  private final List<short[]> samples;

  private SubVoxels(List<short[]> samples) {
    this.samples = samples;
  }

  /**
   * Samples a body.
   *
   * @param sliceMm extent of a slice along the grid's third axis
   */
  static SubVoxels of(TissueSource body, Geometry grid, double sliceMm, Workers workers) {
    Vec3 step = grid.spacingMm();
    int count = Math.clamp(1 + Math.round(step.x() * step.y() * sliceMm / 4), 2, MOST);
    List<short[]> samples = new ArrayList<>();
    for (int n = 1; n <= count; n++) {
      Vec3 shift = grid.direction().times(new Vec3(place(n, 0) * step.x(),
          place(n, 1) * step.y(), ((n - 0.5) / count - 0.5) * sliceMm));
      Geometry moved = new Geometry(grid.size(), step, grid.originMm().plus(shift),
          grid.direction());
      samples.add(workers.call(() -> body.tissues(moved)).data());
    }
    return new SubVoxels(samples);
  }

  private static double place(int n, int axis) {
    double v = 0.5 + n * STEPS[axis];
    return v - Math.floor(v) - 0.5;
  }

  /** How many places in a voxel. */
  int count() {
    return samples.size();
  }

  /** The tissue's code at a place in a voxel. */
  int tissue(int place, int voxel) {
    return samples.get(place)[voxel];
  }
}
