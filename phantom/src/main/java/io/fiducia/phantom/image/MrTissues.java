package io.fiducia.phantom.image;

import io.fiducia.base.SeededRandom;
import io.fiducia.phantom.Noise;
import io.fiducia.phantom.Tissue;

/**
 * How bright one patient's tissues are in a turbo spin echo: proton density times (1 - exp(-TR/T1))
 * times exp(-TE/T2). Sources of the times are in docs/phantom-images.md. In a turbo spin echo fat
 * and marrow decay far slower than their T2 says, because the train of pulses suspends their
 * J-coupling; flowing blood gives little signal. Their entries say what such an image shows.
 */
final class MrTissues {
  private static final double FINE_MM = 3.5;
  private static final double COARSE_MM = 14;
  /** Field at which the table's T1 were measured. */
  private static final double TABLE_TESLA = 3;

  /**
   * A tissue in a population.
   *
   * @param spread of T2 between patients, relative
   * @param texture relative
   */
  private record Property(double density, double t1Ms, double t2Ms, double spread,
      double texture) {}

  private final float[] signal = new float[Tissue.values().length];
  private final float[] texture = new float[signal.length];
  private final Noise fine;
  private final Noise coarse;
  private final Strands strands;

  private MrTissues(long seed) {
    this.fine = new Noise(seed ^ 0x3E87F1EL, FINE_MM);
    this.coarse = new Noise(seed ^ 0x3E87C0AL, COARSE_MM);
    this.strands = new Strands(seed);
  }

  /** Draws a patient for a sequence. */
  static MrTissues of(long seed, MrSequence sequence) {
    MrTissues all = new MrTissues(seed);
    // T1 of water in tissue grows with about the cube root of the field (Bottomley, 1984).
    double slower = Math.cbrt(sequence.tesla() / TABLE_TESLA);
    for (Tissue t : Tissue.values()) {
      Property p = property(t);
      double own = Math.clamp(SeededRandom.of(seed, "mr tissue", t.code()).nextGaussian(), -2.5,
          2.5);
      double t2 = p.t2Ms * Math.exp(p.spread * own);
      all.signal[t.code()] = p.density == 0
          ? 0
          : (float) (p.density * (1 - Math.exp(-sequence.repetitionMs() / (p.t1Ms * slower)))
              * Math.exp(-sequence.echoMs() / t2));
      all.texture[t.code()] = (float) p.texture;
    }
    return all;
  }

  private static Property property(Tissue tissue) {
    return switch (tissue) {
      case AIR, COUCH, GAS, METAL, CALCIFICATION -> new Property(0, 1, 1, 0, 0);
      case SKIN -> new Property(0.7, 900, 38, 0.1, 0.1);
      case FAT -> new Property(0.95, 380, 135, 0.06, 0.06);
      case MUSCLE -> new Property(0.9, 1400, 40, 0.08, 0.14);
      case CORTICAL_BONE -> new Property(0.12, 400, 8, 0, 0);
      case MARROW -> new Property(0.75, 500, 88, 0.12, 0.16);
      case DISC -> new Property(0.85, 1100, 85, 0.3, 0.12);
      case BLADDER_WALL -> new Property(0.85, 1300, 48, 0.1, 0.05);
      case URINE -> new Property(1, 3800, 900, 0.15, 0.01);
      case BOWEL_WALL -> new Property(0.85, 1200, 62, 0.1, 0.1);
      case BOWEL_FLUID -> new Property(0.95, 2800, 280, 0.3, 0.2);
      case STOOL -> new Property(0.5, 700, 65, 0.3, 0.5);
      case UTERUS -> new Property(0.9, 1510, 84, 0.1, 0.13);
      case ENDOMETRIUM -> new Property(0.95, 1700, 170, 0.15, 0.06);
      case CERVIX -> new Property(0.9, 1610, 66, 0.12, 0.12);
      case TUMOUR -> new Property(0.9, 1500, 105, 0.12, 0.14);
      case VAGINA -> new Property(0.9, 1500, 78, 0.12, 0.12);
      case PARAMETRIUM -> new Property(0.9, 800, 110, 0.1, 0.3);
      case LIGAMENT -> new Property(0.6, 900, 24, 0.1, 0.05);
      case VESSEL_WALL -> new Property(0.8, 1000, 40, 0, 0);
      // Blood leaves the slice between excitation and echo: fast in arteries, slowly in veins.
      case ARTERY -> new Property(0.12, 1800, 150, 0.2, 0.1);
      case VEIN -> new Property(0.4, 1800, 120, 0.35, 0.15);
      case NODE -> new Property(0.9, 1300, 82, 0.1, 0.06);
      case SPACER -> new Property(1, 3000, 450, 0.1, 0.02);
    };
  }

  /** The brightness of a tissue by its code, in units of fully relaxed water's, without texture. */
  float signal(int tissue) {
    return signal[tissue];
  }

  /** By what a tissue's brightness is multiplied at a place in LPS mm. */
  float texture(int tissue, double x, double y, double z) {
    if (texture[tissue] == 0) {
      return 1;
    }
    double sum = 1 + texture[tissue] * (1.3 * fine.at(x, y, z) + coarse.at(x, y, z));
    if (tissue == Tissue.FAT.code()) {
      sum -= 0.45 * strands.at(x, y, z);
    }
    return (float) Math.max(0, sum);
  }

  /** Whether a tissue's signal comes from fat, which the scanner places a little aside. */
  static boolean fatty(int tissue) {
    return tissue == Tissue.FAT.code() || tissue == Tissue.MARROW.code();
  }
}
