package io.fiducia.anatomy.statistics;

import io.fiducia.geometry.Size;
import java.util.Collection;

/** The tallies of several labels of one label map. */
final class Tallies {
  private final Tally[] byLabel;

  Tallies(Collection<Integer> labels, boolean histogram) {
    byLabel = new Tally[labels.stream().mapToInt(l -> l + 1).max().orElse(0)];
    labels.forEach(l -> byLabel[l] = new Tally(histogram));
  }

  Tally get(int label) {
    return byLabel[label];
  }

  /** Counts a slice, run by run of one label. */
  void addSlice(short[] labels, float[] image, Size size, int k, IntensityScale scale) {
    int width = size.x();
    for (int j = 0; j < size.y(); j++) {
      int row = size.index(0, j, k);
      int i = 0;
      while (i < width) {
        int label = labels[row + i];
        int start = i;
        do {
          i++;
        } while (i < width && labels[row + i] == label);
        if (label >= 0 && label < byLabel.length && byLabel[label] != null) {
          byLabel[label].addRun(image, row, start, i, j, k, scale);
        }
      }
    }
  }

  Tallies merge(Tallies other) {
    for (int l = 0; l < byLabel.length; l++) {
      if (byLabel[l] != null) {
        byLabel[l].merge(other.byLabel[l]);
      }
    }
    return this;
  }
}
