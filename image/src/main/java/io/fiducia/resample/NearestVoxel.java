package io.fiducia.resample;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Which voxel of one grid each voxel of another takes, for resampling that copies stored numbers
 * whatever their type. Voxels are numbered with x fastest.
 */
public final class NearestVoxel {
  /** Allows for rounding at the border of the field of view. */
  private static final double BORDER = 1e-6;

  private NearestVoxel() {}

  /** The source voxel when the same field of view is cut into another number of voxels. */
  public static IntUnaryOperator ofResize(Size from, Size to) {
    int[] x = axis(from.x(), to.x());
    int[] y = axis(from.y(), to.y());
    int[] z = axis(from.z(), to.z());
    return voxel -> from.index(
        x[voxel % to.x()], y[voxel / to.x() % to.y()], z[voxel / to.x() / to.y()]);
  }

  /**
   * The source voxel whose cell holds each target voxel's centre, -1 outside the field of view. At
   * right angles it is the nearest one.
   */
  public static IntUnaryOperator ofGrids(Geometry from, Geometry to) {
    // Both grids are linear, so that the way between their indices is too.
    Vec3 start = from.toIndex(to.toPhysical(0, 0, 0));
    Vec3 stepX = from.toIndex(to.toPhysical(1, 0, 0)).minus(start);
    Vec3 stepY = from.toIndex(to.toPhysical(0, 1, 0)).minus(start);
    Vec3 stepZ = from.toIndex(to.toPhysical(0, 0, 1)).minus(start);
    Size size = from.size();
    int toX = to.size().x();
    int toY = to.size().y();
    return voxel -> {
      int i = voxel % toX;
      int j = voxel / toX % toY;
      int k = voxel / toX / toY;
      int x = nearest(start.x() + i * stepX.x() + j * stepY.x() + k * stepZ.x(), size.x());
      int y = nearest(start.y() + i * stepX.y() + j * stepY.y() + k * stepZ.y(), size.y());
      int z = nearest(start.z() + i * stepX.z() + j * stepY.z() + k * stepZ.z(), size.z());
      return x < 0 || y < 0 || z < 0 ? -1 : size.index(x, y, z);
    };
  }

  private static int nearest(double index, int size) {
    if (!(index >= -0.5 - BORDER && index <= size - 0.5 + BORDER)) {
      return -1;
    }
    return Math.max(0, Math.min(size - 1, (int) Math.floor(index + 0.5)));
  }

  /** One axis by the resampler's own rule for order 0: its answer to a ramp of indices. */
  private static int[] axis(int from, int to) {
    float[] ramp = new float[from];
    for (int i = 0; i < from; i++) {
      ramp[i] = i;
    }
    float[] picked = NnunetResampler.resampleData(
        ramp, new int[]{1, 1, from}, new int[]{1, 1, to}, 0, 0, Optional.empty());
    int[] result = new int[to];
    for (int i = 0; i < to; i++) {
      result[i] = (int) picked[i];
    }
    return result;
  }
}
