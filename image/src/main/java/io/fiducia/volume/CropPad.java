package io.fiducia.volume;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Cuts boxes out of volumes and puts them back, padding where a box reaches beyond the grid. */
public final class CropPad {
  private CropPad() {}

  /** The box of a volume, holding {@code fill} outside the volume's grid. */
  public static FloatVolume apply(FloatVolume volume, Region region, float fill) {
    float[] result = new float[region.size().voxels()];
    if (fill != 0) {
      Arrays.fill(result, fill);
    }
    return new FloatVolume(region.of(volume.geometry()),
        copyRows(volume.geometry(), region, volume.data(), result));
  }

  /** The box of a label map, holding {@code fill} outside the map's grid. */
  public static LabelVolume apply(LabelVolume volume, Region region, short fill) {
    short[] result = new short[region.size().voxels()];
    if (fill != 0) {
      Arrays.fill(result, fill);
    }
    return new LabelVolume(region.of(volume.geometry()),
        copyRows(volume.geometry(), region, volume.data(), result));
  }

  /** Copies what a box shares with the grid; gives the result, an array of the source's type. */
  private static <A> A copyRows(Geometry grid, Region region, A source, A result) {
    Size in = grid.size();
    Size out = region.size();
    int firstX = Math.max(0, -region.startX());
    int endX = Math.min(out.x(), in.x() - region.startX());
    if (endX <= firstX) {
      return result;
    }
    IntStream.range(0, out.z()).parallel().forEach(k -> {
      int z = k + region.startZ();
      if (z < 0 || z >= in.z()) {
        return;
      }
      for (int j = 0; j < out.y(); j++) {
        int y = j + region.startY();
        if (y >= 0 && y < in.y()) {
          System.arraycopy(
              source, in.index(firstX + region.startX(), y, z),
              result, out.index(firstX, j, k), endX - firstX);
        }
      }
    });
    return result;
  }

  /** The smallest box that holds every label above zero; empty if there is none. */
  public static Optional<Region> boundingBox(LabelVolume labels) {
    Size size = labels.geometry().size();
    int[] low = {size.x(), size.y(), size.z()};
    int[] high = {-1, -1, -1};
    short[] data = labels.data();
    for (int k = 0; k < size.z(); k++) {
      for (int j = 0; j < size.y(); j++) {
        int row = size.index(0, j, k);
        int first = 0;
        while (first < size.x() && data[row + first] <= 0) {
          first++;
        }
        if (first == size.x()) {
          continue;
        }
        int last = size.x() - 1;
        while (data[row + last] <= 0) {
          last--;
        }
        low[0] = Math.min(low[0], first);
        high[0] = Math.max(high[0], last);
        low[1] = Math.min(low[1], j);
        high[1] = Math.max(high[1], j);
        low[2] = Math.min(low[2], k);
        high[2] = k;
      }
    }
    return high[0] < 0
        ? Optional.empty()
        : Optional.of(
            Region.between(low[0], low[1], low[2], high[0] + 1, high[1] + 1, high[2] + 1));
  }
}
