package io.fiducia.promptable.score;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.user.InteractiveSystem;
import io.fiducia.promptable.volume.ShapeInterpolation;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A simple rule as an interactive system: it answers in single slices, and shapes are interpolated between them.
 * What it does not understand changes nothing.
 *
 * @param name in tables
 * @param plane of the slices
 */
public record SliceRule(String name, SlicePlane plane, Rule rule) implements InteractiveSystem {
  /** A rule for one slice. */
  @FunctionalInterface
  public interface Rule {
    /**
     * The structure in a slice, if the prompts say anything about it.
     *
     * @param prompts all prompts so far
     */
    Optional<boolean[]> mask(FloatVolume image, SliceAxes axes, int slice, List<Prompt> prompts);
  }

  /** Otsu's threshold in the box. */
  public static SliceRule otsuInBox(SlicePlane plane) {
    return new SliceRule("otsu-in-box", plane, new OtsuInBox());
  }

  /** Every voxel belongs to what was scribbled or clicked nearest to it. */
  public static SliceRule nearestScribble(SlicePlane plane) {
    return new SliceRule("nearest-scribble", plane, new NearestScribble());
  }

  @Override
  public String identity() {
    return name + " " + plane;
  }

  @Override
  public Work start(FloatVolume image, String structure) {
    SliceAxes axes = SliceAxes.of(image.geometry(), plane);
    List<Prompt> prompts = new ArrayList<>();
    return prompt -> {
      prompts.add(prompt);
      SortedMap<Integer, boolean[]> slices = new TreeMap<>();
      for (int k = 0; k < axes.slices(); k++) {
        int slice = k;
        rule.mask(image, axes, k, prompts).ifPresent(mask -> slices.put(slice, mask));
      }
      boolean[] out = new boolean[image.data().length];
      if (!slices.isEmpty()) {
        new ShapeInterpolation(axes.columns(), axes.columnMm(), axes.rowMm()).between(slices)
            .forEach((k, mask) -> axes.mark(out, k, mask));
      }
      return out;
    };
  }
}
