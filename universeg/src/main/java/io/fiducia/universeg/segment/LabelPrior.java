package io.fiducia.universeg.segment;

import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import java.util.List;

/**
 * What the support's contours alone say about a slice, before anything is seen of it: the share of the
 * cases that have a pixel inside the structure at that level, all cases laid on the place that was found.
 * The place is not exact, so the shares are smoothed.
 *
 * <p>The networks know contours only from the support slices that they are shown. With few cases, or
 * where the image shows little contrast, their probabilities are undecided over wide areas, and where the
 * structure usually lies decides better. Constants were chosen on training cases of Dataset004 and
 * Dataset901; {@code docs/universeg.md} has the figures.
 */
record LabelPrior(List<StructureStack> stacks, SliceView view, double extentMm) {
  /** How much the shares count beside the network, in units of its logits. */
  private static final double WEIGHT = 0.5;
  /** Standard deviation of the place, as a share of the structure's extent within the slice. */
  private static final double BLUR = 0.05;

  /**
   * What to add to the network's logits of a slice, row by row.
   *
   * @param level of the slice in the structure; beyond its ends no case has contours
   */
  float[] logits(double level) {
    int side = view.pixels();
    float[] share = new float[side * side];
    if (level >= 0 && level <= 1) {
      for (StructureStack stack : stacks) {
        float[] label = stack.contoursForNetwork(stack.nearest(level), side, view.sideMm());
        for (int i = 0; i < share.length; i++) {
          share[i] += label[i] / stacks.size();
        }
      }
      blur(share, side, BLUR * extentMm / view.pixelMm());
    }
    // The rule of succession: even what all cases have may be otherwise in the next one.
    int n = stacks.size();
    for (int i = 0; i < share.length; i++) {
      double p = (n * share[i] + 1) / (n + 2);
      share[i] = (float) (WEIGHT * Math.log(p / (1 - p)));
    }
    return share;
  }

  /** Smooths rows and columns with a normal kernel; beyond the border is nothing. */
  private static void blur(float[] image, int side, double sigma) {
    int half = (int) Math.ceil(3 * sigma);
    double[] kernel = new double[2 * half + 1];
    double sum = 0;
    for (int i = -half; i <= half; i++) {
      kernel[i + half] = StrictMath.exp(-0.5 * i * i / (sigma * sigma));
      sum += kernel[i + half];
    }
    float[] line = new float[side];
    for (int pass = 0; pass < 2; pass++) {
      int step = pass == 0 ? 1 : side;
      for (int n = 0; n < side; n++) {
        int first = n * (side + 1 - step);
        for (int i = 0; i < side; i++) {
          line[i] = image[first + i * step];
        }
        for (int i = 0; i < side; i++) {
          double value = 0;
          for (int k = Math.max(-half, -i); k <= Math.min(half, side - 1 - i); k++) {
            value += kernel[k + half] * line[i + k];
          }
          image[first + i * step] = (float) (value / sum);
        }
      }
    }
  }
}
