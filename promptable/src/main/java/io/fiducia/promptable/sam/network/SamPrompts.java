package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Tensor;
import java.util.Optional;

/**
 * Prompts as the network takes them, in pixels of its own picture. All prompts of a batch have as many points.
 *
 * @param batch number of prompts, each with its own masks as answer
 * @param points x and y of each point of each prompt; none or the same number for each
 * @param labels of the points: 1 on the object, 0 beside it
 * @param boxes x0, y0, x1, y1 of each prompt's box, or empty
 * @param masks logits (batch, 1, y, x) of {@link SamShape#maskSide}
 */
public record SamPrompts(int batch, float[] points, int[] labels, float[] boxes,
    Optional<Tensor> masks) {
  public SamPrompts {
    if (batch < 1 || points.length != 2 * labels.length || labels.length % batch != 0
        || boxes.length != 0 && boxes.length != 4 * batch) {
      throw new IllegalArgumentException(batch + " prompts, " + points.length
          + " coordinates, " + labels.length + " labels, " + boxes.length + " sides of boxes");
    }
  }

  /** Boxes alone, one for each prompt. */
  public static SamPrompts boxes(float[] sides) {
    return new SamPrompts(sides.length / 4, new float[0], new int[0], sides, Optional.empty());
  }

  /** No prompt at all, so many times. */
  public static SamPrompts none(int batch) {
    return new SamPrompts(batch, new float[0], new int[0], new float[0], Optional.empty());
  }
}
