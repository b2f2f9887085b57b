package io.fiducia.promptable.slice;

/**
 * One mask that answers prompts.
 *
 * @param index which of the model's masks it is: 0 where one was asked for, else 1 to 3
 * @param probabilities of the picture's pixels, row by row, 0 to 1
 * @param predictedIou how well the model thinks that the mask fits; about 0 to 1, not limited to it
 * @param lowResolution logits to give back as {@link SlicePrompts#maskLogits}, in the model's own frame
 */
public record SliceAnswer(int index, float[] probabilities, double predictedIou,
    float[] lowResolution) {
  /** The probability of a logit; above 0.5 exactly where the logit is above 0. */
  public static float probability(double logit) {
    float p = (float) (1 / (1 + Math.exp(-logit)));
    // Rounding must not change the mask.
    return logit > 0 && p <= 0.5f ? Math.nextUp(0.5f) : p;
  }

  /** The mask: 1 for pixels whose probability is above 0.5, else 0. */
  public byte[] mask() {
    byte[] out = new byte[probabilities.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (probabilities[i] > 0.5f ? 1 : 0);
    }
    return out;
  }
}
