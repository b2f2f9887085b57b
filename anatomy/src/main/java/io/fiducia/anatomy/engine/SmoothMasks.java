package io.fiducia.anatomy.engine;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.volume.LabelVolume;
import java.util.stream.IntStream;

/**
 * Resamples a label map by linear interpolation of each structure's mask: a voxel gets the largest
 * label whose mask reaches one half there. Voxels keep the field of view (pixel-centred), unlike
 * nearest voxels in {@link ModelGrid}.
 *
 * <p>Source: TotalSegmentator 2.18 ({@code resample_one_hot_crop}), which has this for its option
 * {@code --higher_order_resampling_LEGACY}.
 */
final class SmoothMasks {
  /** Voxels around a structure that are looked at too. */
  private static final int MARGIN = 2;

  private SmoothMasks() {}

  /** The label map on a grid that covers the same field of view. */
  static LabelVolume resample(LabelVolume labels, Geometry target) {
    Size from = labels.geometry().size();
    Size to = target.size();
    int[][] boxes = boxes(labels);
    short[] result = new short[to.voxels()];
    for (int label = 1; label < boxes.length; label++) {
      if (boxes[label] != null) {
        write(labels, from, (short) label, boxes[label], to, result);
      }
    }
    return new LabelVolume(target, result);
  }

  /** Bounds (low and high of x, y, z) of each label; null where there is none. */
  private static int[][] boxes(LabelVolume labels) {
    int[][] boxes = new int[Short.MAX_VALUE + 1][];
    Size size = labels.geometry().size();
    short[] data = labels.data();
    int at = 0;
    for (int k = 0; k < size.z(); k++) {
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++, at++) {
          if (data[at] > 0) {
            int[] b = boxes[data[at]];
            if (b == null) {
              b = new int[]{i, i, j, j, k, k};
              boxes[data[at]] = b;
            }
            b[0] = Math.min(b[0], i);
            b[1] = Math.max(b[1], i);
            b[2] = Math.min(b[2], j);
            b[3] = Math.max(b[3], j);
            b[5] = k;
          }
        }
      }
    }
    return boxes;
  }

  /** The samples of one axis: first and second voxel, and the second one's weight. */
  private record Axis(int start, int[] low, int[] high, float[] weight) {
    static Axis of(int lowest, int highest, int from, int to) {
      int first = Math.max(0, lowest - MARGIN);
      int last = Math.min(from - 1, highest + MARGIN);
      double scale = (double) to / from;
      int start = (int) Math.floor(first * scale);
      int end = Math.min(to, (int) Math.ceil((last + 1) * scale));
      int n = Math.max(0, end - start);
      Axis axis = new Axis(start, new int[n], new int[n], new float[n]);
      for (int o = 0; o < n; o++) {
        double c = (start + o + 0.5) * from / to - 0.5;
        double floor = Math.floor(c);
        axis.low[o] = Math.max(first, Math.min(last, (int) floor));
        axis.high[o] = Math.max(first, Math.min(last, (int) floor + 1));
        axis.weight[o] = (float) (c - floor);
      }
      return axis;
    }
  }

  private static void write(LabelVolume labels, Size from, short label, int[] box, Size to,
      short[] result) {
    Axis x = Axis.of(box[0], box[1], from.x(), to.x());
    Axis y = Axis.of(box[2], box[3], from.y(), to.y());
    Axis z = Axis.of(box[4], box[5], from.z(), to.z());
    short[] data = labels.data();
    IntStream.range(0, z.low().length).parallel().forEach(k -> {
      for (int j = 0; j < y.low().length; j++) {
        int[] rows = {from.index(0, y.low()[j], z.low()[k]), from.index(0, y.high()[j], z.low()[k]),
          from.index(0, y.low()[j], z.high()[k]), from.index(0, y.high()[j], z.high()[k])};
        float wy = y.weight()[j];
        float wz = z.weight()[k];
        float[] weights = {(1 - wy) * (1 - wz), wy * (1 - wz), (1 - wy) * wz, wy * wz};
        int out = to.index(x.start(), y.start() + j, z.start() + k);
        for (int i = 0; i < x.low().length; i++) {
          float sum = 0;
          for (int r = 0; r < 4; r++) {
            float a = data[rows[r] + x.low()[i]] == label ? 1 : 0;
            float b = data[rows[r] + x.high()[i]] == label ? 1 : 0;
            sum += weights[r] * (a + (b - a) * x.weight()[i]);
          }
          if (sum >= 0.5f) {
            result[out + i] = label;
          }
        }
      }
    });
  }
}
