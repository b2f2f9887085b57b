package io.fiducia.phantom;

import io.fiducia.base.SeededRandom;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What distinguishes one synthetic patient from another; nothing here was taken from a person.
 * docs/phantom.md states the distributions and their sources.
 *
 * @param seed where the irregularities of this body come from
 * @param ageYears 25 to 88
 * @param bodyMassIndex kg/m2
 * @param skeletonScale size of the bones against the average woman's
 * @param bladderCm3 filling of a bladder that nothing presses on; its neighbours may take some of the space
 * @param rectumRadiusMm radius of the filled rectum
 * @param rectumGas share of the rectum's content that is gas
 * @param uterusLengthMm from cervix to fundus; 0 after a hysterectomy
 * @param anteverted whether the uterus leans forward
 * @param tumourMm largest diameter of the tumour of the cervix; after a hysterectomy that of a
 *     recurrence at the vaginal cuff
 * @param enlargedNodes number of enlarged lymph nodes
 * @param prosthesis side of a hip prosthesis
 * @param spacer whether gel lies between vagina and rectum
 */
public record Patient(long seed, int ageYears, double bodyMassIndex, double skeletonScale,
    double bladderCm3, double rectumRadiusMm, double rectumGas, double uterusLengthMm,
    boolean anteverted, double tumourMm, int enlargedNodes, Side prosthesis, boolean spacer) {
  /** A side of the patient's body. */
  public enum Side {
    NONE,
    LEFT,
    RIGHT
  }

  /**
   * How a population is made up.
   *
   * @param hysterectomy share of patients without a uterus
   * @param prosthesis share with one artificial hip
   * @param spacer share with a rectal spacer
   * @param bladderCm3 median filling of the bladder
   * @param bodyMassIndex mean
   * @param rectumGas mean share of gas in the rectum
   */
  public record Options(double hysterectomy, double prosthesis, double spacer, double bladderCm3,
      double bodyMassIndex, double rectumGas) {
    public Options {
      for (double share : new double[]{hysterectomy, prosthesis, spacer, rectumGas}) {
        if (!(share >= 0 && share <= 1)) {
          throw new IllegalArgumentException("a share lies between 0 and 1, found " + share);
        }
      }
    }

    /** The same population with other shares of what surgery leaves. */
    public Options withShares(double hysterectomy, double prosthesis, double spacer) {
      return new Options(hysterectomy, prosthesis, spacer, bladderCm3, bodyMassIndex, rectumGas);
    }

    /** Patients who come to radiotherapy with a comfortably full bladder. */
    public static Options usual() {
      return new Options(0.08, 0.05, 0, 190, 26, 0.25);
    }
  }

  /** The patient of a number in a population; other numbers do not matter to her. */
  public static Patient draw(long seed, int number, Options options) {
    SeededRandom r = SeededRandom.of(seed, "patient", number);
    int age = (int) Math.round(Math.clamp(54 + 14 * r.nextGaussian(), 25, 88));
    double bmi = Math.clamp(options.bodyMassIndex() + 4 * r.nextGaussian(), 17.5, 38);
    double scale = Math.clamp(1 + 0.045 * r.nextGaussian(), 0.9, 1.1);
    double bladder = Math.clamp(options.bladderCm3() * Math.exp(0.5 * r.nextGaussian()), 45, 480);
    double rectum = Math.clamp(16 + 3 * r.nextGaussian(), 11, 24);
    double gas = Math.clamp(options.rectumGas() + 0.25 * r.nextGaussian(), 0, 0.9);
    double length = age < 50
        ? Math.clamp(78 + 8 * r.nextGaussian(), 62, 98)
        : Math.clamp(64 + 8 * r.nextGaussian(), 46, 82);
    boolean anteverted = r.nextDouble() < 0.8;
    double tumour = Math.clamp(34 * Math.exp(0.4 * r.nextGaussian()), 12, 70);
    int nodes = Math.max(0, (int) Math.floor(2.2 * r.nextDouble() + 0.4 * r.nextGaussian()));
    double sideDraw = r.nextDouble();
    Side side = sideDraw < options.prosthesis() / 2
        ? Side.LEFT
        : sideDraw < options.prosthesis() ? Side.RIGHT : Side.NONE;
    boolean hysterectomy = r.nextDouble() < options.hysterectomy();
    boolean spacer = r.nextDouble() < options.spacer();
    return new Patient(r.nextLong(), age, bmi, scale, bladder, rectum, gas,
        hysterectomy ? 0 : length, anteverted, hysterectomy ? 0.6 * tumour : tumour, nodes, side,
        spacer);
  }

  /** Whether the uterus was taken out. */
  public boolean hysterectomy() {
    return uterusLengthMm == 0;
  }

  /** Ten-year band, open at the ends. */
  public String ageBand() {
    return ageYears < 40
        ? "under 40"
        : ageYears >= 70 ? "70 and over" : ageYears / 10 * 10 + "-" + (ageYears / 10 * 10 + 9);
  }

  /** By body mass index: below 25, below 30, above (WHO's classes). */
  public String bodySize() {
    return bodyMassIndex < 25 ? "normal" : bodyMassIndex < 30 ? "overweight" : "obese";
  }

  /** What a table of covariates says of her, by column. */
  public Map<String, String> covariates() {
    Map<String, String> c = new LinkedHashMap<>();
    c.put("age_band", ageBand());
    c.put("body_size", bodySize());
    c.put("bladder_filling_cm3", String.format(Locale.ROOT, "%.0f", bladderCm3));
    c.put("uterus", hysterectomy() ? "none" : anteverted ? "anteverted" : "retroverted");
    c.put("hysterectomy", hysterectomy() ? "yes" : "no");
    c.put("prosthesis", prosthesis.name().toLowerCase(Locale.ROOT));
    c.put("spacer", spacer ? "yes" : "no");
    c.put("tumour_mm", String.format(Locale.ROOT, "%.0f", tumourMm));
    c.put("enlarged_nodes", Integer.toString(enlargedNodes));
    return c;
  }
}
