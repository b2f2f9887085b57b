package io.fiducia.promptable.user;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A stroke through a part of a slice: the shortest way between the two places that are farthest from each other
 * within the part's core, so that it runs along the part and keeps off its border.
 */
final class ScribbleStroke {
  /** The core: places at least this share of the largest depth away from the border. */
  private static final double CORE = 0.5;

  private ScribbleStroke() {}

  /** The voxels of the stroke, one voxel wide, in the part's slice. */
  static boolean[] through(ErrorFinder.Part part, int columns) {
    double least = CORE * part.depthMm()[part.deepest()];
    boolean[] core = new boolean[part.inSlice().length];
    for (int i = 0; i < core.length; i++) {
      core[i] = part.inSlice()[i] && part.depthMm()[i] >= least;
    }
    core[part.deepest()] = true;
    int one = ways(core, columns, part.deepest()).last();
    Ways ways = ways(core, columns, one);
    boolean[] stroke = new boolean[core.length];
    for (int at = ways.last(); at >= 0; at = ways.before()[at]) {
      stroke[at] = true;
    }
    return stroke;
  }

  /**
   * The ways from one place.
   *
   * @param before the place before each on its way; -1 for the first and for places that are not reached
   * @param last one of the places that are farthest
   */
  private record Ways(int[] before, int last) {}

  private static Ways ways(boolean[] core, int columns, int from) {
    int[] before = new int[core.length];
    boolean[] seen = new boolean[core.length];
    Arrays.fill(before, -1);
    Deque<Integer> open = new ArrayDeque<>();
    open.add(from);
    seen[from] = true;
    int last = from;
    while (!open.isEmpty()) {
      last = open.remove();
      int x = last % columns;
      int y = last / columns;
      for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
          int to = (y + dy) * columns + x + dx;
          if (x + dx >= 0 && x + dx < columns && to >= 0 && to < core.length && core[to]
              && !seen[to]) {
            seen[to] = true;
            before[to] = last;
            open.add(to);
          }
        }
      }
    }
    return new Ways(before, last);
  }
}
