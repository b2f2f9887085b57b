package io.fiducia.universeg.segment;

import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.support.StructureStack;
import java.util.List;

/**
 * Decides where a structure begins and ends. In-context networks learned from slices that show the
 * structure, and find something similar in every slice. So a slice counts only if its contours are not
 * far smaller than the support's at that level, and only the run of such slices that holds most of the
 * structure is kept.
 */
final class ExtentGate {
  /** The smallest area that counts, as a share of the support's mean area at that level. */
  private static final double LEAST_AREA = 0.12;
  /** Levels of the support that a slice beyond the ends is compared with. */
  private static final double NEAR_END = 0.08;

  private ExtentGate() {}

  /** Empties the slices that do not belong to the structure. */
  static void apply(StackProbabilities found, BoxMm box, List<StructureStack> stacks) {
    int n = found.view().slices();
    int axis = found.view().plane().normalAxis();
    boolean[] counts = new boolean[n];
    double[] areas = new double[n];
    for (int k = 0; k < n; k++) {
      double level = (found.view().positionMm(k) - box.low().get(axis)) / box.extent(axis);
      double compared = Math.max(NEAR_END, Math.min(1 - NEAR_END, level));
      double expected = stacks.stream().mapToDouble(s -> s.areaMm2(s.nearest(compared))).average()
          .orElse(0);
      areas[k] = found.areaMm2(k);
      counts[k] = areas[k] > 0 && areas[k] >= LEAST_AREA * expected;
    }
    int[] kept = largestRun(counts, areas);
    for (int k = 0; k < n; k++) {
      if (k < kept[0] || k >= kept[1]) {
        found.clear(k);
      }
    }
  }

  /** Start and end of the run of slices that count with the largest area in all; one may be missing. */
  private static int[] largestRun(boolean[] counts, double[] areas) {
    int[] best = {0, 0};
    double largest = 0;
    for (int k = 0; k < counts.length; k++) {
      if (!counts[k] || k > 0 && counts[k - 1]) {
        continue;
      }
      double sum = 0;
      int end = k;
      for (int j = k; j < counts.length
          && (counts[j] || j + 1 < counts.length && counts[j + 1]); j++) {
        sum += areas[j];
        end = j + 1;
      }
      if (sum > largest) {
        largest = sum;
        best = new int[]{k, end};
      }
    }
    return best;
  }
}
