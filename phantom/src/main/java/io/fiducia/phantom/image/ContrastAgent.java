package io.fiducia.phantom.image;

/**
 * Iodine in a patient during a CT examination.
 *
 * @param vessels what reaches the blood, 1 for the venous phase some 70 s after the injection
 * @param urine CT number that the kidneys have added to the lower layer of the bladder's content
 * @param bowel CT number that a drink has added to what is in the bowel
 */
public record ContrastAgent(double vessels, double urine, double bowel) {
  public ContrastAgent {
    if (!(vessels >= 0 && urine >= 0 && bowel >= 0)) {
      throw new IllegalArgumentException(
          "contrast in vessels " + vessels + ", urine " + urine + ", bowel " + bowel);
    }
  }

  /** None, as for most planning scans. */
  public static ContrastAgent none() {
    return new ContrastAgent(0, 0, 0);
  }

  /** Injected, in the venous phase. */
  public static ContrastAgent venous() {
    return new ContrastAgent(1, 0, 0);
  }

  /** Injected some minutes ago, so that the kidneys excrete it, and drunk before. */
  public static ContrastAgent lateWithOral() {
    return new ContrastAgent(0.6, 320, 190);
  }
}
