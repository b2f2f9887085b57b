package io.fiducia.anatomy.output;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * What is seen from the front: for every column of voxels from anterior to posterior, the first
 * structure of each layer. A layer is a set of structures that are drawn together.
 */
final class FirstHits {
  private final short[][] labels;
  private final short[][] depths;
  private final AtomicLongArray covered;
  private final AtomicLongArray visible;

  private FirstHits(int layers, int columns, int most) {
    labels = new short[layers][columns];
    depths = new short[layers][columns];
    covered = new AtomicLongArray(most + 1);
    visible = new AtomicLongArray(most + 1);
  }

  /**
   * Follows all columns at once.
   *
   * @param layerOf the layer of each label, or -1
   */
  static FirstHits of(PatientGrid g, int[] layerOf, int layers) {
    int nx = g.size().x();
    FirstHits hits = new FirstHits(layers, nx * g.size().z(), layerOf.length - 1);
    IntStream.range(0, g.size().z()).parallel().forEach(k -> hits.slice(g, layerOf, k));
    return hits;
  }

  private void slice(PatientGrid g, int[] layerOf, int k) {
    int nx = g.size().x();
    int step = g.strides().strideX();
    short[] data = g.data();
    boolean[] seen = new boolean[layerOf.length * nx];
    for (int j = 0; j < g.size().y(); j++) {
      int at = g.row(j, k);
      for (int i = 0; i < nx; i++, at += step) {
        int label = data[at];
        if (label <= 0 || label >= layerOf.length || layerOf[label] < 0) {
          continue;
        }
        seen[label * nx + i] = true;
        int layer = layerOf[label];
        if (labels[layer][k * nx + i] == 0) {
          labels[layer][k * nx + i] = (short) label;
          depths[layer][k * nx + i] = (short) j;
        }
      }
    }
    for (int label = 0; label < layerOf.length; label++) {
      int count = 0;
      for (int i = 0; i < nx; i++) {
        count += seen[label * nx + i] ? 1 : 0;
      }
      covered.addAndGet(label, count);
    }
    for (short[] layer : labels) {
      for (int i = 0; i < nx; i++) {
        visible.incrementAndGet(layer[k * nx + i]);
      }
    }
  }

  /** The first label of each column (k * nx + i) in a layer, 0 where there is none. */
  short[] labels(int layer) {
    return labels[layer];
  }

  /** The index j of the first voxel of each column in a layer. */
  short[] depths(int layer) {
    return depths[layer];
  }

  /** Columns in which a label occurs. */
  long covered(int label) {
    return covered.get(label);
  }

  /** Share of a label's columns in which nothing of its layer stands before it. */
  double visibleShare(int label) {
    return covered.get(label) == 0 ? 1 : (double) visible.get(label) / covered.get(label);
  }
}
