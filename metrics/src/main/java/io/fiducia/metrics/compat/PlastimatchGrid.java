package io.fiducia.metrics.compat;

import io.fiducia.geometry.Vec3;
import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.Side;
import io.fiducia.volume.Region;

/** The part of an image that plastimatch 1.9 compares, x fastest. */
final class PlastimatchGrid {
  private final MaskPair pair;
  private final int[] start;
  private final int[] size;

  private PlastimatchGrid(MaskPair pair, int[] start, int[] size) {
    this.pair = pair;
    this.start = start;
    this.size = size;
  }

  /** The box around both masks, less the last slice of an axis that they span. */
  static PlastimatchGrid of(MaskPair pair) {
    int[] low = pair.low();
    int[] high = pair.high();
    Region box = pair.box();
    int[] offset = {box.startX() - 1, box.startY() - 1, box.startZ() - 1};
    int[] size = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      size[axis] = high[axis] - low[axis] + 1;
      if (size[axis] > 1 && low[axis] + offset[axis] == 0
          && size[axis] == pair.imageSize().get(axis)) {
        size[axis]--;
      }
    }
    return new PlastimatchGrid(pair, low, size);
  }

  boolean[] mask(Side side) {
    boolean[] padded = pair.padded(side);
    int[] shape = pair.paddedShapeZyx();
    boolean[] mask = new boolean[size[0] * size[1] * size[2]];
    for (int k = 0; k < size[2]; k++) {
      for (int j = 0; j < size[1]; j++) {
        System.arraycopy(padded, ((start[2] + k) * shape[1] + start[1] + j) * shape[2] + start[0],
            mask, (k * size[1] + j) * size[0], size[0]);
      }
    }
    return mask;
  }

  /** The voxels with a face to the outside; along an axis of one voxel there is none. */
  boolean[] boundary(boolean[] mask) {
    int[] step = {1, size[0], size[0] * size[1]};
    boolean[] edge = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      for (int axis = 0; axis < 3 && mask[i] && !edge[i]; axis++) {
        int at = i / step[axis] % size[axis];
        edge[i] = size[axis] > 1 && (at == 0 || at == size[axis] - 1 || !mask[i - step[axis]]
            || !mask[i + step[axis]]);
      }
    }
    return edge;
  }

  float[] distances(boolean[] targets) {
    Vec3 mm = pair.spacingMm();
    return StepPropagation.distances(targets, size[0], size[1], size[2],
        new float[]{(float) mm.x(), (float) mm.y(), (float) mm.z()});
  }
}
