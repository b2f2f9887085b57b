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
 */
public record InteractionSeconds(double click, double box, double scribble, double lasso) {
  public InteractionSeconds {
    if (!(click >= 0 && box >= 0 && scribble >= 0 && lasso >= 0)) {
      throw new IllegalArgumentException(
          click + ", " + box + ", " + scribble + ", " + lasso + " seconds");
    }
  }

  /**
   * The usual times: box 7 s (extreme clicking, Papadopoulos et al., ICCV 2017: 7 s, against 35 s for a box
   * drawn from corners and verified); click 2.4 s and scribble 10.9 s (Bearman et al., "What's the Point",
   * ECCV 2016, as remembered, not read again); lasso 30 s (assumed).
   */
  public static InteractionSeconds usual() {
    return new InteractionSeconds(2.4, 7, 10.9, 30);
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
