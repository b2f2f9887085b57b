package io.fiducia.universeg.segment;

import io.fiducia.base.SeededRandom;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Draws the support slices of a target slice: from as many cases as there can be, at the target's level in
 * the structure, cases whose slice looks like the target's first; neighbouring levels where there are
 * more places than cases. Each draw disturbs the order of the cases
 * and the levels a little, so that draws differ.
 */
final class SupportDraws {
  /** Levels of support slices keep away from the ends, where a structure is a few pixels. */
  private static final double NEAR_END = 0.03;
  /** How far levels of one draw are moved, at most. */
  private static final double JITTER = 0.04;
  /** Distance of the levels of several slices of one case: more than that of a stack's slices. */
  private static final double STEP = 0.05;
  /**
   * Slices of one case at most. Slices farther away show another shape: with one case, Dice on eight
   * training cases of Dataset004 was 0.70 with 2 or 4 slices, 0.62 with 16 and 0.54 with 32.
   */
  private static final int LARGEST_SHARE = 3;
  /** How much chance counts against likeness, in units of correlation. */
  private static final double CHANCE = 0.1;
  /** Slices are compared at this many pixels along a side. */
  private static final int THUMBNAIL = 16;

  private final List<StructureStack> stacks;
  private final SliceView view;
  private final IntensityWindow scale;
  private final long seed;
  private final List<float[][]> thumbnails;

  SupportDraws(List<StructureStack> stacks, SliceView view, IntensityWindow scale,
      long seed) {
    this.stacks = List.copyOf(stacks);
    this.view = view;
    this.scale = scale;
    this.seed = seed;
    this.thumbnails = stacks.stream().map(s -> new float[s.size()][]).toList();
  }

  /**
   * The support slices of one draw, each once.
   *
   * @param target the target slice
   * @param level its level in the structure, as far as is known
   * @param count how many at most; fewer where there are few cases
   */
  List<SupportSlices.Key> draw(float[] target, double level, int count, int slice, int draw) {
    RandomGenerator random = SeededRandom.of(seed, "support", slice, draw);
    double moved = inside(level + (draw == 0 ? 0 : JITTER * (2 * random.nextDouble() - 1)));
    float[] thumbnail = thumbnail(target);
    double[] rank = new double[stacks.size()];
    for (int s = 0; s < rank.length; s++) {
      rank[s] = correlation(thumbnail, thumbnail(s, stacks.get(s).nearest(moved)))
          + (draw == 0 ? 0 : CHANCE * random.nextGaussian());
    }
    List<Integer> order = IntStream.range(0, rank.length).boxed()
        .sorted(Comparator.comparingDouble(s -> -rank[s])).toList();
    int each = Math.min(LARGEST_SHARE, (count + order.size() - 1) / order.size());
    Set<SupportSlices.Key> chosen = new LinkedHashSet<>();
    for (int n = 0; n < each; n++) {
      // 0, +1, -1, +2, -2, ...: the nearest levels first.
      double offset = STEP * ((n + 1) / 2) * (n % 2 == 0 ? -1 : 1);
      for (int s : order) {
        if (chosen.size() < count) {
          StructureStack stack = stacks.get(s);
          chosen.add(new SupportSlices.Key(stack, stack.nearest(inside(moved + offset))));
        }
      }
    }
    return new ArrayList<>(chosen);
  }

  private static double inside(double level) {
    return Math.max(NEAR_END, Math.min(1 - NEAR_END, level));
  }

  private float[] thumbnail(int stack, int slice) {
    float[][] of = thumbnails.get(stack);
    if (of[slice] == null) {
      of[slice] = thumbnail(
          stacks.get(stack).forNetwork(slice, view.pixels(), view.sideMm(), scale));
    }
    return of[slice];
  }

  /** The slice's image (what follows it is not read) as means over blocks of pixels. */
  private float[] thumbnail(float[] slice) {
    int side = view.pixels();
    int block = side / THUMBNAIL;
    float[] out = new float[THUMBNAIL * THUMBNAIL];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        out[y / block * THUMBNAIL + x / block] += slice[y * side + x] / (block * block);
      }
    }
    return out;
  }

  private static double correlation(float[] a, float[] b) {
    double ma = 0;
    double mb = 0;
    for (int i = 0; i < a.length; i++) {
      ma += a[i] / a.length;
      mb += b[i] / b.length;
    }
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (int i = 0; i < a.length; i++) {
      aa += (a[i] - ma) * (a[i] - ma);
      bb += (b[i] - mb) * (b[i] - mb);
      ab += (a[i] - ma) * (b[i] - mb);
    }
    return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
  }
}
