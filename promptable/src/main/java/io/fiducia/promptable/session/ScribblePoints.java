package io.fiducia.promptable.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Points that stand for a scribble in one slice, for models that know points only: at most {@value #MOST}, as
 * far from each other as possible (farthest-point sampling), so that they are spread evenly over a stroke of
 * any thickness. The first is the drawn voxel nearest to the middle of what was drawn. The same scribble gives
 * the same points.
 */
public final class ScribblePoints {
  /** The largest number of points of one scribble in one slice. */
  public static final int MOST = 10;

  private ScribblePoints() {}

  /**
   * Places of the points in a slice, row by row.
   *
   * @param drawn the slice
   * @param columns voxels along a row
   */
  public static List<Integer> of(boolean[] drawn, int columns) {
    List<Integer> all = new ArrayList<>();
    double x = 0;
    double y = 0;
    for (int i = 0; i < drawn.length; i++) {
      if (drawn[i]) {
        all.add(i);
        x += i % columns;
        y += i / columns;
      }
    }
    if (all.isEmpty()) {
      return all;
    }
    int n = all.size();
    double[] distance = new double[n];
    int next = 0;
    for (int i = 0; i < n; i++) {
      distance[i] = squared(all.get(i) % columns - x / n, all.get(i) / columns - y / n);
      next = distance[i] < distance[next] ? i : next;
    }
    List<Integer> points = new ArrayList<>();
    Arrays.fill(distance, Double.MAX_VALUE);
    while (points.size() < Math.min(MOST, n)) {
      int from = all.get(next);
      points.add(from);
      int farthest = 0;
      for (int i = 0; i < n; i++) {
        int at = all.get(i);
        distance[i] = Math.min(distance[i],
            squared(at % columns - from % columns, at / columns - from / columns));
        farthest = distance[i] > distance[farthest] ? i : farthest;
      }
      next = farthest;
    }
    return points;
  }

  private static double squared(double dx, double dy) {
    return dx * dx + dy * dy;
  }
}
