package io.fiducia.phantom;

import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Loops of small bowel and the ascending colon, packed into what the other organs leave free of the
 * peritoneal cavity: a path that avoids itself, thickened until neighbours touch.
 */
final class BowelLoops {
  private static final double STEP_MM = 7;
  private static final int MAX_POINTS = 1400;
  private static final double CELL_MM = 12;
  /** Points of one path this close to each other in number share a lumen. */
  private static final int SAME_LUMEN = 4;
  private static final double SWELLING_MM = 2.5;

  /** Where there is room: depth in the free cavity, mm. */
  @FunctionalInterface
  interface Room {
    double depth(double x, double y, double z);
  }

  /** What is found at a place. */
  static final class Hit {
    /** Depth in the nearest loop against its wall or its neighbour. */
    double depth;
    /** Where along the path. */
    int point;
    /** Height of the place above the loop's middle, mm towards the front, where gas gathers. */
    double front;
  }

  private final List<double[]> points = new ArrayList<>();
  private final Noise filling;
  private final double[] origin;
  private final int[] cells;
  private final int[][] near;

  BowelLoops(Patient patient, Room room, double[] low, double[] high) {
    SeededRandom random = SeededRandom.of(patient.seed(), "bowel");
    this.filling = new Noise(patient.seed() ^ 0xB0E1L, 1);
    ascendingColon(random);
    for (int attempt = 0; attempt < 90 && points.size() < MAX_POINTS; attempt++) {
      path(room, low, high, random);
    }
    this.origin = new double[]{low[0] - 2 * CELL_MM, low[1] - 2 * CELL_MM, low[2] - 3 * CELL_MM};
    this.cells = new int[3];
    for (int a = 0; a < 3; a++) {
      cells[a] = (int) ((high[a] - origin[a]) / CELL_MM) + 4;
    }
    this.near = index();
  }

  /** Right side, with the pouches that colon has. */
  private void ascendingColon(SeededRandom random) {
    double wide = 2 * random.nextGaussian();
    List<double[]> curve = Sketch.smooth(new double[]{-78, -34, 66, 15}, new double[]{-92, -22, 86,
      23 + wide}, new double[]{-98, -6, 120, 23 + wide}, new double[]{-100, 6, 160, 21},
        new double[]{-100, 12, 215, 20});
    int n = 0;
    for (double[] p : curve) {
      double pouch = 1 + 0.09 * Math.cos(2.1 * n++);
      points.add(new double[]{p[0], p[1], p[2], p[3] * pouch});
    }
    gap();
  }

  /** A point without a body, so that two paths never count as one lumen. */
  private void gap() {
    for (int i = 0; i <= SAME_LUMEN; i++) {
      points.add(new double[]{0, 0, -1e6, 0});
    }
  }

  private void path(Room room, double[] low, double[] high, SeededRandom random) {
    double[] at = null;
    for (int trial = 0; trial < 60 && at == null; trial++) {
      double[] q = new double[4];
      for (int a = 0; a < 3; a++) {
        q[a] = low[a] + random.nextDouble() * (high[a] - low[a]);
      }
      at = clearance(q, room, points.size()) > 10 ? q : null;
    }
    if (at == null) {
      return;
    }
    double[] heading = direction(random);
    int start = points.size();
    while (points.size() < MAX_POINTS) {
      at[3] = Math.clamp(clearance(at, room, points.size()) + 1, 8,
          12.5 + 1.5 * filling.at(points.size() * 0.11, 0, 0));
      points.add(at);
      double[] best = null;
      double bestScore = 0;
      for (int k = 0; k < 18; k++) {
        double[] d = direction(random);
        double turn = d[0] * heading[0] + d[1] * heading[1] + d[2] * heading[2];
        if (turn < -0.1) {
          continue;
        }
        double[] q = {at[0] + STEP_MM * d[0], at[1] + STEP_MM * d[1], at[2] + STEP_MM * d[2], 0};
        double free = Math.min(clearance(q, room, points.size()), 13);
        // Close packing: touch the neighbours, but go on forward.
        double score = free < 8 ? 0 : 2 + 0.8 * turn - 0.12 * free + 0.1 * random.nextDouble();
        if (score > bestScore) {
          bestScore = score;
          best = q;
          heading = d;
        }
      }
      if (best == null) {
        break;
      }
      at = best;
    }
    if (points.size() - start < 4) {
      while (points.size() > start) {
        points.removeLast();
      }
    } else {
      gap();
    }
  }

  private double clearance(double[] q, Room room, int number) {
    double free = room.depth(q[0], q[1], q[2]) + 2;
    for (int i = 0; i < number - SAME_LUMEN && free > 0; i++) {
      double[] p = points.get(i);
      double dx = p[0] - q[0];
      double dy = p[1] - q[1];
      double dz = p[2] - q[2];
      free = Math.min(free, Math.sqrt(dx * dx + dy * dy + dz * dz) - p[3]);
    }
    return free;
  }

  private static double[] direction(SeededRandom random) {
    double x = random.nextGaussian();
    double y = random.nextGaussian();
    double z = random.nextGaussian();
    double n = Math.sqrt(x * x + y * y + z * z) + 1e-12;
    return new double[]{x / n, y / n, z / n};
  }

  private int[][] index() {
    int[][] lists = new int[cells[0] * cells[1] * cells[2]][0];
    for (int i = 0; i + 1 < points.size(); i++) {
      double[] a = points.get(i);
      double[] b = points.get(i + 1);
      if (a[3] == 0 || b[3] == 0) {
        continue;
      }
      double reach = Math.max(a[3], b[3]) + 4;
      int[] from = new int[3];
      int[] to = new int[3];
      for (int d = 0; d < 3; d++) {
        from[d] = cell(Math.min(a[d], b[d]) - reach, d);
        to[d] = cell(Math.max(a[d], b[d]) + reach, d);
      }
      for (int z = from[2]; z <= to[2]; z++) {
        for (int y = from[1]; y <= to[1]; y++) {
          for (int x = from[0]; x <= to[0]; x++) {
            int c = x + cells[0] * (y + cells[1] * z);
            lists[c] = Arrays.copyOf(lists[c], lists[c].length + 1);
            lists[c][lists[c].length - 1] = i;
          }
        }
      }
    }
    return lists;
  }

  private int cell(double v, int axis) {
    return Math.clamp((int) Math.floor((v - origin[axis]) / CELL_MM), 0, cells[axis] - 1);
  }

  /** Looks a place up; false where no loop is near. */
  boolean find(double x, double y, double z, Hit hit) {
    int[] candidates = near[cell(x, 0) + cells[0] * (cell(y, 1) + cells[1] * cell(z, 2))];
    double best = -4;
    int at = -1;
    for (int i : candidates) {
      double depth = segmentDepth(i, x, y, z);
      if (depth > best) {
        best = depth;
        at = i;
      }
    }
    if (at < 0) {
      return false;
    }
    double other = -4;
    for (int i : candidates) {
      if (Math.abs(i - at) > SAME_LUMEN) {
        other = Math.max(other, segmentDepth(i, x, y, z));
      }
    }
    // Loops give way to each other, and swell into the gaps between them.
    hit.depth = Math.min(best + SWELLING_MM, 0.5 * (best - other));
    hit.point = at;
    hit.front = points.get(at)[1] - y;
    return true;
  }

  private double segmentDepth(int i, double x, double y, double z) {
    double[] a = points.get(i);
    double[] b = points.get(i + 1);
    double dx = b[0] - a[0];
    double dy = b[1] - a[1];
    double dz = b[2] - a[2];
    double px = x - a[0];
    double py = y - a[1];
    double pz = z - a[2];
    double t = Math.clamp((px * dx + py * dy + pz * dz) / (dx * dx + dy * dy + dz * dz), 0.0, 1.0);
    px -= t * dx;
    py -= t * dy;
    pz -= t * dz;
    return a[3] + t * (b[3] - a[3]) - Math.sqrt(px * px + py * py + pz * pz);
  }

  /** What fills the lumen here: fluid, with gas before it in some loops, and some loops collapsed. */
  Tissue content(Hit hit, double wallMm) {
    if (hit.depth < wallMm) {
      return Tissue.BOWEL_WALL;
    }
    double kind = filling.at(hit.point * 0.07, 5, 9);
    if (kind > 0.12) {
      return hit.front > 14 * (0.75 - kind) - 6 ? Tissue.GAS : Tissue.BOWEL_FLUID;
    }
    return kind < -0.45 ? Tissue.BOWEL_WALL : Tissue.BOWEL_FLUID;
  }
}
