package io.fiducia.promptable.score;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Otsu's threshold (IEEE Trans Syst Man Cybern 9, 1979) of the voxels in the box, over all values that occur. The
 * structure is the class that most voxels of the box's middle half (along both sides) belong to, and of it
 * the largest connected part. Of several boxes in a slice the latest counts.
 */
final class OtsuInBox implements SliceRule.Rule {
  @Override
  public Optional<boolean[]> mask(FloatVolume image, SliceAxes axes, int slice,
      List<Prompt> prompts) {
    Optional<Region> box = Optional.empty();
    for (Prompt prompt : prompts) {
      if (prompt instanceof Prompt.Box b && b.positive()
          && slice >= SliceAxes.start(b.region(), axes.normal()) && slice < SliceAxes
              .start(b.region(), axes.normal()) + b.region().size().get(axes.normal())) {
        box = Optional.of(b.region());
      }
    }
    return box.map(b -> inBox(image, axes, slice, b));
  }

  private static boolean[] inBox(FloatVolume image, SliceAxes axes, int slice, Region box) {
    int left = SliceAxes.start(box, axes.column());
    int top = SliceAxes.start(box, axes.row());
    int width = box.size().get(axes.column());
    int height = box.size().get(axes.row());
    float[] values = new float[width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.data()[axes.voxel(slice, left + i % width, top + i / width)];
    }
    float threshold = threshold(values);
    int bright = 0;
    int all = 0;
    for (int i = 0; i < values.length; i++) {
      int x = i % width;
      int y = i / width;
      if (x >= width / 4 && x < width - width / 4 && y >= height / 4 && y < height - height / 4) {
        bright += values[i] > threshold ? 1 : 0;
        all++;
      }
    }
    boolean above = 2 * bright >= all;
    boolean[] mask = new boolean[axes.columns() * axes.rows()];
    for (int i = 0; i < values.length; i++) {
      mask[(top + i / width) * axes.columns() + left + i % width] = values[i] > threshold == above;
    }
    return Components.of(mask, new int[]{1, axes.rows(), axes.columns()}, Connectivity.FACES)
        .largest();
  }

  /** The value at and below which the darker class lies; the only value if there is but one. */
  static float threshold(float[] values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    double total = 0;
    for (float v : sorted) {
      total += v;
    }
    int n = sorted.length;
    double below = 0;
    double best = -1;
    float threshold = sorted[0];
    for (int i = 0; i < n - 1; i++) {
      below += sorted[i];
      if (sorted[i] == sorted[i + 1]) {
        continue;
      }
      int count = i + 1;
      double difference = below / count - (total - below) / (n - count);
      double between = (double) count * (n - count) * difference * difference;
      if (between > best) {
        best = between;
        threshold = sorted[i];
      }
    }
    return threshold;
  }
}
