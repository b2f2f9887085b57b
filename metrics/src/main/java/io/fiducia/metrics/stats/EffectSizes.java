package io.fiducia.metrics.stats;

/**
 * How large a paired difference is, free of the number of cases.
 *
 * @param greater cases where b is greater than a
 * @param equal cases where both are equal
 * @param smaller cases where b is smaller than a
 * @param rankBiserial matched-pairs rank-biserial correlation, -1 to 1; NaN without a difference
 * @param cohensDz mean difference over the standard deviation of the differences; NaN where that is
 *     zero or does not exist
 * @param hedgesG {@code cohensDz} without its bias in small samples (Hedges 1981, the exact factor)
 * @param probabilityOfSuperiority share of cases where b is greater, equal ones counted half
 *     (Grissom and Kim 2012, for dependent groups)
 */
public record EffectSizes(int greater, int equal, int smaller, double rankBiserial,
    double cohensDz, double hedgesG, double probabilityOfSuperiority) {

  /** The effect sizes of b against a. */
  public static EffectSizes of(Pairs pairs) {
    double[] d = pairs.differences();
    int greater = 0;
    int equal = 0;
    for (double v : d) {
      greater += v > 0 ? 1 : 0;
      equal += v == 0 ? 1 : 0;
    }
    double sd = SampleStatistics.standardDeviation(d);
    double dz = sd > pairs.noise() ? SampleStatistics.mean(d) / sd : Double.NaN;
    double superiority = d.length == 0 ? Double.NaN : (greater + 0.5 * equal) / d.length;
    return new EffectSizes(greater, equal, d.length - greater - equal,
        Wilcoxon.test(pairs).rankBiserial(), dz, dz * hedgesFactor(d.length - 1), superiority);
  }

  /** Gamma(df/2) / (sqrt(df/2) Gamma((df - 1)/2)); NaN below two degrees of freedom. */
  static double hedgesFactor(int df) {
    if (df < 2) {
      return Double.NaN;
    }
    return Math.exp(SpecialFunctions.logGamma(df / 2.0)
        - SpecialFunctions.logGamma((df - 1) / 2.0)) / Math.sqrt(df / 2.0);
  }
}
