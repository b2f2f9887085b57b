package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.promptable.sam.network.SamPrompts;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Adds to each prompt a point where the answer is wrong: positive where the structure is missing, negative where
 * there is too much. The place is drawn evenly from all wrong pixels, as in SAM's training. Where nothing is wrong,
 * a positive point in the structure is added.
 *
 * @param side pixels along each side of the network's masks
 * @param scale pixels of the network's picture along each side of a mask's pixel
 */
record Corrections(int side, int scale) {
  /**
   * The prompts with one point more each; mask prompts are dropped.
   *
   * @param logits of the answers, one mask for each prompt
   * @param truth share of each pixel that the structure fills
   */
  SamPrompts corrected(SamPrompts before, float[] logits, float[] truth, SeededRandom random) {
    int each = before.labels().length / before.batch();
    float[] points = new float[before.points().length + 2 * before.batch()];
    int[] labels = new int[before.labels().length + before.batch()];
    for (int b = 0; b < before.batch(); b++) {
      System.arraycopy(before.points(), 2 * b * each, points, 2 * b * (each + 1), 2 * each);
      System.arraycopy(before.labels(), b * each, labels, b * (each + 1), each);
      int at = place(logits, truth, b * side * side, random);
      int last = b * (each + 1) + each;
      labels[last] = logits[b * side * side + at] > 0 && truth[b * side * side + at] <= 0.5f
          ? 0
          : 1;
      points[2 * last] = (at % side + 0.5f) * scale;
      points[2 * last + 1] = (at / side + 0.5f) * scale;
    }
    return new SamPrompts(before.batch(), points, labels, before.boxes(), Optional.empty());
  }

  private int place(float[] logits, float[] truth, int offset, SeededRandom random) {
    int[] wrong = IntStream.range(0, side * side)
        .filter(i -> logits[offset + i] > 0 != truth[offset + i] > 0.5f).toArray();
    int[] from = wrong.length > 0
        ? wrong
        : IntStream.range(0, side * side).filter(i -> truth[offset + i] > 0.5f).toArray();
    return from.length > 0 ? from[Draws.index(random, from.length)] : brightest(truth, offset);
  }

  /** The fullest pixel of a structure that fills no pixel by half. */
  private int brightest(float[] truth, int offset) {
    float most = 0;
    int at = 0;
    for (int i = 0; i < side * side; i++) {
      if (truth[offset + i] > most) {
        most = truth[offset + i];
        at = i;
      }
    }
    return at;
  }
}
