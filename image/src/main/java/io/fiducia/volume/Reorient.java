package io.fiducia.volume;

import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import java.util.stream.IntStream;

/**
 * Turns volumes to another orientation by permuting and flipping axes; no value changes and no
 * voxel moves in the patient. An oblique grid stays oblique: the orientation is the closest one.
 */
public final class Reorient {
  private Reorient() {}

  /** The volume in the given orientation; the same object if it has it already. */
  public static FloatVolume to(FloatVolume volume, Orientation target) {
    return apply(volume, Orientation.of(volume.geometry()).to(target));
  }

  /** The labels in the given orientation; the same object if they have it already. */
  public static LabelVolume to(LabelVolume volume, Orientation target) {
    return apply(volume, Orientation.of(volume.geometry()).to(target));
  }

  /** The volume with its axes mapped; {@code map.inverse()} leads back. */
  public static FloatVolume apply(FloatVolume volume, AxisMap map) {
    if (map.isIdentity()) {
      return volume;
    }
    return new FloatVolume(
        map.apply(volume.geometry()), apply(volume.data(), volume.geometry().size(), map));
  }

  /** The labels with their axes mapped; {@code map.inverse()} leads back. */
  public static LabelVolume apply(LabelVolume volume, AxisMap map) {
    if (map.isIdentity()) {
      return volume;
    }
    return new LabelVolume(
        map.apply(volume.geometry()), apply(volume.data(), volume.geometry().size(), map));
  }

  /** A new array with the axes of {@code data} (x fastest, of size {@code in}) mapped. */
  public static float[] apply(float[] data, Size in, AxisMap map) {
    float[] result = new float[data.length];
    copyRows(in, map, (from, step, to, count) -> {
      for (int i = 0; i < count; i++) {
        result[to + i] = data[from + i * step];
      }
    });
    return result;
  }

  /** A new array with the axes of {@code data} (x fastest, of size {@code in}) mapped. */
  public static short[] apply(short[] data, Size in, AxisMap map) {
    short[] result = new short[data.length];
    copyRows(in, map, (from, step, to, count) -> {
      for (int i = 0; i < count; i++) {
        result[to + i] = data[from + i * step];
      }
    });
    return result;
  }

  /** Copies voxels that lie {@code step} apart to a row without gaps. */
  @FunctionalInterface
  private interface RowCopy {
    void copy(int from, int step, int to, int count);
  }

  /** Copies each row of the result from where it lies in the source. */
  private static void copyRows(Size in, AxisMap map, RowCopy row) {
    Size out = map.apply(in);
    AxisMap.Strides s = map.strides(in);
    IntStream.range(0, out.z()).parallel().forEach(k -> {
      for (int j = 0; j < out.y(); j++) {
        row.copy(s.base() + j * s.strideY() + k * s.strideZ(), s.strideX(), out.index(0, j, k),
            out.x());
      }
    });
  }
}
