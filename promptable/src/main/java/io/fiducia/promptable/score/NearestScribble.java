package io.fiducia.promptable.score;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.morphology.DistanceTransform;
import io.fiducia.promptable.volume.SliceAxes;
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
    boolean anyInside = false;
    boolean anyOutside = false;
    for (int i = 0; i < inside.length; i++) {
      for (Prompt prompt : prompts) {
        Optional<Boolean> said = at(prompt, axes.voxel(slice, i), axes);
        inside[i] |= said.orElse(false);
        outside[i] |= !said.orElse(true);
      }
      anyInside |= inside[i];
      anyOutside |= outside[i];
    }
    if (!anyInside) {
      return Optional.empty();
    }
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

  /** Whether a prompt marks a voxel, and as what. */
  private static Optional<Boolean> at(Prompt prompt, int voxel, SliceAxes axes) {
    return switch (prompt) {
      case Prompt.Click c -> axes.grid().size().index(c.i(), c.j(), c.k()) == voxel
          ? Optional.of(c.positive())
          : Optional.empty();
      case Prompt.Scribble s -> s.drawn().data()[voxel] > 0
          ? Optional.of(s.positive())
          : Optional.empty();
      case Prompt.Box b -> Optional.empty();
      case Prompt.Lasso l -> Optional.empty();
      case Prompt.Initial i -> Optional.empty();
    };
  }
}
