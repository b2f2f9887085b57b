package io.fiducia.phantom;

import io.fiducia.base.SeededRandom;

/**
 * How one reader draws: habits that differ between clinics, and a hand that is never twice the same.
 *
 * @param seed of this reader's hand
 * @param wobbleMm how far a contour departs from the organ's edge, about one standard deviation
 * @param nodalMarginMm from the vessels to the edge of CTVn
 * @param nodalTopAtBifurcation whether CTVn begins at the aortic bifurcation (else where the common
 *     iliac arteries divide)
 * @param neckMm how much of the femoral neck belongs to the femoral head, from the head's centre
 * @param bowelBag whether the whole peritoneal space counts as bowel instead of its loops
 * @param rectumTopMm height up to which the anorectum is drawn, above the femoral heads' centres
 * @param ptvMarginMm from CTVp and CTVn to PTV
 */
public record Contouring(long seed, double wobbleMm, double nodalMarginMm,
    boolean nodalTopAtBifurcation, double neckMm, boolean bowelBag, double rectumTopMm,
    double ptvMarginMm) {
  public Contouring {
    if (!(wobbleMm >= 0 && nodalMarginMm >= 0 && ptvMarginMm >= 0)) {
      throw new IllegalArgumentException("margins are not negative");
    }
  }

  /** A guideline's habit: 7 mm around the vessels, loops of bowel one by one. */
  public static Contouring usual(long seed) {
    return new Contouring(seed, 0.8, 7, true, 42, false, 84, 7);
  }

  /**
   * One reader of this habit: another hand, and a person's own idea of where margins end and of how
   * high the rectum reaches.
   */
  public Contouring ofReader(SeededRandom random) {
    return new Contouring(random.nextLong(), wobbleMm * (1 + 0.15 * random.nextGaussian()),
        Math.max(2, nodalMarginMm + random.nextGaussian()), nodalTopAtBifurcation,
        neckMm + 2 * random.nextGaussian(), bowelBag, rectumTopMm + 5 * random.nextGaussian(),
        ptvMarginMm);
  }
}
