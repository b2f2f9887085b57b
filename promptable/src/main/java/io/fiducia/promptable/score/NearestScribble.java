package io.fiducia.promptable.score;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.morphology.DistanceTransform;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.FloatVolume;
import java.util.List;
import java.util.Optional;

/**
 * A voxel belongs to the structure if a positive scribble or click lies nearer to it than any negative one of
 * the slice. Where a slice has no negative one, the border of the image counts as negative. A slice without a
 * positive one says nothing, and no intensity is looked at.
 */
final class NearestScribble implements SliceRule.Rule {
  @Override
  public Optional<boolean[]> mask(FloatVolume image, SliceAxes axes, int slice,
      List<Prompt> prompts) {
    boolean[] inside = new boolean[axes.columns() * axes.rows()];
    boolean[] outside = new boolean[inside.length];
    prompts.forEach(prompt -> mark(prompt, axes, slice, inside, outside));
    if (SliceMask.area(inside) == 0) {
      return Optional.empty();
    }
    boolean anyOutside = SliceMask.area(outside) > 0;
    for (int i = 0; i < inside.length && !anyOutside; i++) {
      int x = i % axes.columns();
      int y = i / axes.columns();
      outside[i] = !inside[i]
          && (x == 0 || y == 0 || x == axes.columns() - 1 || y == axes.rows() - 1);
    }
    int[] shape = {1, axes.rows(), axes.columns()};
    double[] spacing = {1, axes.rowMm(), axes.columnMm()};
    double[] toInside = DistanceTransform.squaredTo(inside, true, shape, spacing);
    double[] toOutside = DistanceTransform.squaredTo(outside, true, shape, spacing);
    boolean[] mask = new boolean[inside.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = toInside[i] < toOutside[i];
    }
    return Optional.of(mask);
  }

  /** Marks what a prompt says of a slice. */
  private static void mark(Prompt prompt, SliceAxes axes, int slice, boolean[] inside,
      boolean[] outside) {
    switch (prompt) {
      case Prompt.Click c -> {
        int[] at = {c.i(), c.j(), c.k()};
        if (at[axes.normal()] == slice) {
          (c.positive() ? inside : outside)[at[axes.row()] * axes.columns()
              + at[axes.column()]] = true;
        }
      }
      case Prompt.Scribble s -> {
        boolean[] marked = s.positive() ? inside : outside;
        for (int i = 0; i < marked.length; i++) {
          marked[i] |= s.drawn().data()[axes.voxel(slice, i)] > 0;
        }
      }
      case Prompt.Box b -> {
      }
      case Prompt.Lasso l -> {
      }
      case Prompt.Initial i -> {
      }
    }
  }
}
