package io.fiducia.promptable.adapt.train;

/**
 * Which prompts a promptable model is trained with.
 *
 * @param points share of steps with one to three points in place of a box
 * @param corrected share of steps in which the model's answer is corrected by one to three points first, each
 *     given with the logits of the answer before
 * @param jitter largest shift of each side of a box, in and out, as a share of the picture's longest side
 * @param perPicture structures that are asked for in each picture, so that the encoder, which takes most of the time,
 *     runs once for several prompts; where a picture has fewer, they are asked for again
 */
public record PromptShares(double points, double corrected, double jitter, int perPicture) {
  /** MedSAM's jitter: 20 of 1024 pixels, 5 of 256. */
  public static final double USUAL_JITTER = 20.0 / 1024;

  /** Boxes alone. */
  public static final PromptShares BOXES = new PromptShares(0, 0, USUAL_JITTER, 1);
  /** Boxes and points, a third of the steps with corrections: for a model that starts from random weights. */
  public static final PromptShares ALL = new PromptShares(0.4, 0.3, USUAL_JITTER, 1);

  public PromptShares {
    if (!(points >= 0 && points <= 1 && corrected >= 0 && corrected <= 1 && jitter >= 0
        && jitter < 0.5 && perPicture >= 1)) {
      throw new IllegalArgumentException(
          points + ", " + corrected + ", " + jitter + ", " + perPicture);
    }
  }

  /** The same with so many structures in each picture. */
  public PromptShares withPerPicture(int structures) {
    return new PromptShares(points, corrected, jitter, structures);
  }
}
