package io.fiducia.phantom.image;

import io.fiducia.base.SeededRandom;
import io.fiducia.phantom.Noise;
import io.fiducia.phantom.Tissue;

/**
 * The CT numbers of one patient's tissues at about 120 kV. Sources and ranges are in
 * docs/phantom-images.md.
 */
final class CtTissues {
  private static final double FINE_MM = 3.2;
  private static final double COARSE_MM = 13;
  /** Fluid behind this height, LPS y, is the spine's and not the bladder's. */
  private static final double SPINE_MM = 33;
  /** Agent sinks; it mixes with the urine above over this height. */
  private static final double MIXING_MM = 8;

  /**
   * A tissue in a population.
   *
   * @param meanHu without contrast agent
   * @param spreadHu standard deviation between patients
   * @param enhancementHu what injected contrast agent adds in the venous phase
   * @param fineHu strength of its texture at some millimetres
   * @param coarseHu strength of its texture at a centimetre
   */
  private record Property(double meanHu, double spreadHu, double enhancementHu, double fineHu,
      double coarseHu) {}

  private final float[] hu = new float[Tissue.values().length];
  private final float[] fineHu = new float[hu.length];
  private final float[] coarseHu = new float[hu.length];
  private final Noise fine;
  private final Noise coarse;
  private final Strands strands;
  private final double excretedHu;
  private final double levelMm;

  private CtTissues(long seed, double excretedHu, double levelMm) {
    this.excretedHu = excretedHu;
    this.levelMm = levelMm;
    this.fine = new Noise(seed ^ 0x7E87F1EL, FINE_MM);
    this.coarse = new Noise(seed ^ 0x7E87C0AL, COARSE_MM);
    this.strands = new Strands(seed);
  }

  /**
   * Draws a patient.
   *
   * @param urine where the body's urine lies, LPS y
   */
  static CtTissues of(long seed, ContrastAgent agent, Span urine) {
    SeededRandom random = SeededRandom.of(seed, "ct contrast");
    // How much agent reaches the pelvis depends on the circulation, for all tissues alike.
    double uptake = agent.vessels() * Math.clamp(1 + 0.2 * random.nextGaussian(), 0.5, 1.5);
    double excreted = agent.urine() * (0.6 + 0.8 * random.nextDouble());
    double drunk = agent.bowel() * (0.4 + 1.2 * random.nextDouble());
    double share = 0.25 + 0.5 * random.nextDouble();
    double level = urine.least() > urine.most()
        ? SPINE_MM
        : urine.least() + share * (urine.most() - urine.least());
    CtTissues all = new CtTissues(seed, excreted, level);
    for (Tissue t : Tissue.values()) {
      Property p = property(t);
      double own = Math.clamp(SeededRandom.of(seed, "ct tissue", t.code()).nextGaussian(), -2.5,
          2.5);
      int at = t.code();
      double taken = switch (t) {
        case BOWEL_FLUID -> drunk;
        // In stool the drink of the day before is thinned.
        case STOOL -> 0.4 * drunk;
        default -> uptake * p.enhancementHu;
      };
      all.hu[at] = (float) (p.meanHu + p.spreadHu * own + taken);
      all.fineHu[at] = (float) p.fineHu;
      all.coarseHu[at] = (float) p.coarseHu;
    }
    return all;
  }

  private static Property property(Tissue tissue) {
    return switch (tissue) {
      case AIR -> new Property(-1000, 0, 0, 0, 0);
      case COUCH -> new Property(-880, 0, 0, 0, 0);
      case SKIN -> new Property(10, 12, 10, 15, 0);
      case FAT -> new Property(-104, 5, 2, 5, 8);
      case MUSCLE -> new Property(54, 5, 10, 9, 6);
      case CORTICAL_BONE -> new Property(1050, 140, 0, 120, 120);
      case MARROW -> new Property(190, 55, 12, 55, 45);
      case DISC -> new Property(82, 12, 0, 8, 8);
      case BLADDER_WALL -> new Property(34, 5, 25, 5, 3);
      case URINE -> new Property(5, 4, 0, 1, 1);
      case BOWEL_WALL -> new Property(38, 6, 45, 8, 5);
      case BOWEL_FLUID -> new Property(16, 9, 0, 5, 9);
      case GAS -> new Property(-985, 8, 0, 5, 0);
      case STOOL -> new Property(30, 25, 0, 70, 40);
      case UTERUS -> new Property(50, 6, 50, 6, 7);
      case ENDOMETRIUM -> new Property(36, 6, 12, 5, 3);
      case CERVIX -> new Property(46, 5, 38, 5, 4);
      case TUMOUR -> new Property(44, 6, 26, 8, 9);
      case VAGINA -> new Property(40, 6, 40, 6, 4);
      case PARAMETRIUM -> new Property(5, 12, 25, 18, 10);
      case LIGAMENT -> new Property(80, 12, 5, 10, 6);
      case VESSEL_WALL -> new Property(45, 5, 70, 5, 0);
      case ARTERY -> new Property(43, 4, 105, 3, 2);
      case VEIN -> new Property(42, 4, 98, 3, 5);
      case NODE -> new Property(38, 8, 40, 5, 4);
      case CALCIFICATION -> new Property(520, 150, 0, 150, 0);
      case SPACER -> new Property(14, 5, 0, 3, 2);
      case METAL -> new Property(Spectrum.METAL_HU, 0, 0, 0, 0);
    };
  }

  /** The CT number of a tissue by its code, without texture. */
  float hu(int tissue) {
    return hu[tissue];
  }

  /** What a tissue's texture adds at a place in LPS mm. */
  float texture(int tissue, double x, double y, double z) {
    if (fineHu[tissue] == 0) {
      return 0;
    }
    double sum = 1.6 * (fineHu[tissue] * fine.at(x, y, z) + coarseHu[tissue] * coarse.at(x, y, z));
    if (tissue == Tissue.FAT.code()) {
      sum += 45 * strands.at(x, y, z);
    }
    if (excretedHu > 0 && bladder(tissue, y)) {
      sum += excretedHu / (1 + Math.exp((levelMm - y) / (0.25 * MIXING_MM)));
    }
    return (float) sum;
  }

  /** Whether a place may hold urine of the bladder, by its LPS y. */
  static boolean bladder(int tissue, double y) {
    return tissue == Tissue.URINE.code() && y < SPINE_MM;
  }
}
