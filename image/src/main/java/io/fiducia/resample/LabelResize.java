package io.fiducia.resample;

import io.fiducia.resample.AxisSamples.Taps;
import java.util.stream.IntStream;

/**
 * Label maps resized by the shares of the labels around each sample. Shares are summed in the order
 * and precision of scipy.ndimage.zoom, because exact ties between labels are common and decide voxels.
 */
final class LabelResize {
  private final int[] shape;
  private final Taps[] taps = new Taps[3];
  private final int[][] nearest = new int[3][];
  private final LabelRule rule;

  LabelResize(AxisSamples[] maps, int[] orders, LabelRule rule) {
    this.rule = rule;
    shape = new int[3];
    for (int a = 0; a < 3; a++) {
      shape[a] = maps[a].inputSize();
      taps[a] = maps[a].taps(orders[a]);
      nearest[a] = maps[a].nearest();
    }
  }

  /** The resized label map. */
  short[] all(short[] data) {
    short[] out = new short[Shapes.elements(
        new int[]{taps[0].size(), taps[1].size(), taps[2].size()})];
    IntStream.range(0, taps[0].size()).parallel().forEach(k -> slice(data, k, out));
    return out;
  }

  private void slice(short[] data, int k, short[] out) {
    Taps x = taps[2];
    int[] lo = x.lo();
    int[] hi = x.hi();
    int[] rows = new int[4];
    double[] rowWeights = new double[4];
    short[] label = new short[8];
    double[] weight = new double[8];
    for (int j = 0; j < taps[1].size(); j++) {
      rowWeights(k, j, rows, rowWeights);
      int row = (nearest[0][k] * shape[1] + nearest[1][j]) * shape[2];
      int offset = (k * taps[1].size() + j) * x.size();
      for (int i = 0; i < x.size(); i++) {
        int l = lo[i];
        int h = hi[i];
        short v = data[rows[0] + l];
        if (v == data[rows[0] + h] && v == data[rows[1] + l] && v == data[rows[1] + h]
            && v == data[rows[2] + l] && v == data[rows[2] + h] && v == data[rows[3] + l]
            && v == data[rows[3] + h]) {
          out[offset + i] = v;
          continue;
        }
        for (int r = 0; r < 4; r++) {
          label[2 * r] = data[rows[r] + l];
          label[2 * r + 1] = data[rows[r] + h];
          weight[2 * r] = rowWeights[r] * x.w0()[i];
          weight[2 * r + 1] = rowWeights[r] * x.w1()[i];
        }
        out[offset + i] = choose(label, weight, data[row + nearest[2][i]]);
      }
    }
  }

  private void rowWeights(int k, int j, int[] rows, double[] weights) {
    for (int r = 0; r < 4; r++) {
      int z = (r & 2) == 0 ? taps[0].lo()[k] : taps[0].hi()[k];
      int y = (r & 1) == 0 ? taps[1].lo()[j] : taps[1].hi()[j];
      rows[r] = (z * shape[1] + y) * shape[2];
      weights[r] = ((r & 2) == 0 ? taps[0].w0()[k] : taps[0].w1()[k])
          * ((r & 1) == 0 ? taps[1].w0()[j] : taps[1].w1()[j]);
    }
  }

  private short choose(short[] label, double[] weight, short nearestLabel) {
    double best = 0;
    short winner = 0;
    double nearestShare = 0;
    for (int a = 0; a < 8; a++) {
      boolean seen = false;
      for (int b = 0; b < a; b++) {
        seen |= label[b] == label[a];
      }
      if (seen) {
        continue;
      }
      double share = weight[a];
      for (int b = a + 1; b < 8; b++) {
        if (label[b] == label[a]) {
          share += weight[b];
        }
      }
      if (rule == LabelRule.LARGEST_HALF_PRECISION) {
        share = Float.float16ToFloat(Float.floatToFloat16((float) (1000 * share)));
      }
      if (rule == LabelRule.AT_LEAST_HALF) {
        if (share >= 0.5 && (best == 0 || label[a] > winner)) {
          best = share;
          winner = label[a];
        }
        continue;
      }
      if (share > best || (share == best && share > 0 && label[a] < winner)) {
        best = share;
        winner = label[a];
      }
      if (label[a] == nearestLabel) {
        nearestShare = share;
      }
    }
    boolean nearestWins = rule == LabelRule.LARGEST_SHARE && best > 0 && nearestShare == best;
    return nearestWins ? nearestLabel : winner;
  }
}
