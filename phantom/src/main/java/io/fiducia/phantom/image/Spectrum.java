package io.fiducia.phantom.image;

/**
 * A tube's spectrum of about 120 kV in five lines, with the attenuation of what it meets. Mass
 * attenuation coefficients are NIST's (Hubbell and Seltzer, tables 3 and 4): liquid water, cortical
 * bone (ICRU-44, 1.92 g/cm3), and iron (7.87 g/cm3) for the cobalt-chromium of joint implants.
 */
final class Spectrum {
  /** Shares of the detected signal at 40, 50, 60, 80 and 100 keV. */
  private static final double[] SHARE = {0.10, 0.20, 0.28, 0.27, 0.15};
  /** Per mm. */
  private static final double[] WATER = {0.02683, 0.02269, 0.02059, 0.01837, 0.01707};
  private static final double[] BONE = {0.12778, 0.08145, 0.06044, 0.04280, 0.03562};
  private static final double[] METAL = {2.856, 1.541, 0.9483, 0.4684, 0.2925};

  /** In an image, a scanner shows everything relative to water at this spectrum's mean. */
  static final double WATER_PER_MM = mean(WATER);
  static final double BONE_PER_MM = mean(BONE);
  /** The CT number of dense cortical bone. */
  static final double BONE_HU = 1000 * (BONE_PER_MM / WATER_PER_MM - 1);

  private static final double TABLE_STEP_MM = 2;
  private static final double[] THROUGH_WATER = throughWater();

  /** Metal shows as in a typical ray, behind a pelvis, where soft lines are long since absorbed. */
  static final double METAL_PER_MM = metal(300, 25);
  static final double METAL_HU = 1000 * (METAL_PER_MM / WATER_PER_MM - 1);

  private Spectrum() {}

  private static double[] throughWater() {
    double[] table = new double[500];
    for (int i = 0; i < table.length; i++) {
      table[i] = -Math.log(transmission(i * TABLE_STEP_MM, 0, 0));
    }
    return table;
  }

  private static double metal(double water, double metal) {
    return (corrected(-Math.log(transmission(water, 0, metal))) - WATER_PER_MM * water) / metal;
  }

  private static double mean(double[] perMm) {
    double sum = 0;
    for (int e = 0; e < SHARE.length; e++) {
      sum += SHARE[e] * perMm[e];
    }
    return sum;
  }

  /** The share of the signal that gets through these lengths in mm. */
  static double transmission(double water, double bone, double metal) {
    double sum = 0;
    for (int e = 0; e < SHARE.length; e++) {
      sum += SHARE[e] * Math.exp(-WATER[e] * water - BONE[e] * bone - METAL[e] * metal);
    }
    return sum;
  }

  /**
   * What a scanner that corrects for water makes of an attenuation: the line integral of water that
   * attenuates as much.
   */
  static double corrected(double attenuation) {
    int low = 0;
    int high = THROUGH_WATER.length - 1;
    while (high - low > 1) {
      int mid = (low + high) >>> 1;
      if (THROUGH_WATER[mid] <= attenuation) {
        low = mid;
      } else {
        high = mid;
      }
    }
    double t = (attenuation - THROUGH_WATER[low]) / (THROUGH_WATER[high] - THROUGH_WATER[low]);
    return WATER_PER_MM * TABLE_STEP_MM * (low + t);
  }
}
