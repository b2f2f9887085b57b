package io.fiducia.anatomy.output;

import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;

/**
 * A label map seen along the axis of the patient, without copying it: i grows to the patient's left,
 * j to posterior, k to superior.
 *
 * @param grid the mapped grid; an oblique one is shown along its own axes
 */
record PatientGrid(short[] data, Geometry grid, AxisMap.Strides strides) {
  static PatientGrid of(LabelVolume labels) {
    Geometry g = labels.geometry();
    AxisMap map = Orientation.of(g).to(new Orientation("LPS"));
    return new PatientGrid(labels.data(), map.apply(g), map.strides(g.size()));
  }

  Size size() {
    return grid.size();
  }

  Vec3 spacingMm() {
    return grid.spacingMm();
  }

  /** Where the row of voxels (0, j, k), (1, j, k), ... starts; they lie strideX apart. */
  int row(int j, int k) {
    return strides.base() + j * strides.strideY() + k * strides.strideZ();
  }

  int at(int i, int j, int k) {
    return data[row(j, k) + i * strides.strideX()];
  }
}
