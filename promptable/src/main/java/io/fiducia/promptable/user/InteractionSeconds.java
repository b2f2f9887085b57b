package io.fiducia.promptable.user;

import io.fiducia.core.prompt.Prompt;

/**
 * How long a person takes for a prompt, in seconds. Published times are of photographs, drawn by paid workers;
 * no study of clinical contouring with these prompts was found, so that the numbers below are assumptions
 * for comparing systems with each other, not predictions of a clinic's time. Looking for the next error is not
 * included.
 *
 * @param click on a point
 * @param box around a structure in one slice
 * @param scribble through a structure or an error
 * @param lasso around a structure or an error
 * @param contour of a structure in one slice, drawn exactly by hand
 */
public record InteractionSeconds(double click, double box, double scribble, double lasso,
    double contour) {
  public InteractionSeconds {
    if (!(click >= 0 && box >= 0 && scribble >= 0 && lasso >= 0 && contour >= 0)) {
      throw new IllegalArgumentException(
          click + ", " + box + ", " + scribble + ", " + lasso + ", " + contour + " seconds");
    }
  }

  /**
   * The usual times. Box 7 s: extreme clicking (Papadopoulos et al., ICCV 2017), against 35 s for a box drawn
   * from corners and verified. Contour 54 s: the lower end of what Bearman et al. ("What's the Point", ECCV
   * 2016) report for the outline of an object (54 to 79 s). Click 2.4 s and scribble 10.9 s: the same paper, as
   * remembered, not read again. Lasso: assumed to take as long as a scribble.
   */
  public static InteractionSeconds usual() {
    return new InteractionSeconds(2.4, 7, 10.9, 10.9, 54);
  }

  /** The time for a prompt; contours that come from elsewhere take none. */
  public double of(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Click c -> click;
      case Prompt.Box b -> box;
      case Prompt.Scribble s -> scribble;
      case Prompt.Lasso l -> lasso;
      case Prompt.Initial i -> 0;
    };
  }
}
