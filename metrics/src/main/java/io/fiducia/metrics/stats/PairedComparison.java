package io.fiducia.metrics.stats;

import java.util.Optional;

/**
 * One system against another on one metric of one structure, over the cases where both have a value.
 * Differences are b minus a.
 *
 * @param pairs the values
 * @param onlyA cases that both have, where a alone has a value
 * @param onlyB where b alone has one
 * @param neither where none has one
 * @param unscored cases that both have, where the structure was not scored on both sides: not
 *     annotated there
 * @param interval BCa interval of the mean difference; its ends equal the mean where every
 *     difference is the same, and NaN for fewer than two cases
 * @param tLow lower end of the 95 % t interval of the mean difference; NaN for fewer than two cases
 * @param tHigh upper end of it
 * @param pHolm Wilcoxon's p-value, corrected over the structures and pairs of this metric
 * @param family how many p-values were corrected together
 * @param smallestDetectable true mean difference that this number of cases shows with 80 % power,
 *     from the observed spread
 * @param equivalence whether the mean difference lies within the margin, if one was set
 */
public record PairedComparison(String a, String b, String structure, String metric,
    MetricSense sense, Pairs pairs, int onlyA, int onlyB, int neither, int unscored,
    Bootstrap.Interval interval,
    double tLow, double tHigh, double medianDifference, double standardDeviation,
    Wilcoxon.Result wilcoxon, SignFlipTest.Result permutation, EffectSizes effects, double pHolm,
    int family, double smallestDetectable, Optional<Equivalence> equivalence) {

  /** Everything but the correction, which needs the whole family. */
  static PairedComparison of(String a, String b, String structure, String metric, Pairs pairs,
      int onlyA, int onlyB, int neither, int unscored, Optional<Double> margin, int draws,
      long seed) {
    double[] d = pairs.differences();
    int n = d.length;
    double sd = SampleStatistics.standardDeviation(d);
    // Two cases or more: an interval of one value has no width, which would look like certainty.
    Bootstrap.Interval interval = n < 2
        ? new Bootstrap.Interval(SampleStatistics.mean(d), Double.NaN, Double.NaN, n)
        : Bootstrap.mean(d, draws, seed);
    double half = n < 2 ? Double.NaN : StudentT.quantile(0.975, n - 1) * sd / Math.sqrt(n);
    return new PairedComparison(a, b, structure, metric, MetricSense.of(metric), pairs, onlyA,
        onlyB, neither, unscored, interval, interval.mean() - half, interval.mean() + half,
        SampleStatistics.median(d),
        sd, Wilcoxon.test(pairs), SignFlipTest.test(pairs, seed), EffectSizes.of(pairs), Double.NaN,
        0, Detectable.smallestDifference(sd, n), margin.map(m -> Equivalence.of(d, -m, m)));
  }

  PairedComparison withHolm(double p, int size) {
    return new PairedComparison(a, b, structure, metric, sense, pairs, onlyA, onlyB, neither,
        unscored, interval, tLow, tHigh, medianDifference, standardDeviation, wilcoxon, permutation,
        effects,
        p, size, smallestDetectable, equivalence);
  }

  public int n() {
    return pairs.size();
  }

  /** Cases where b is better than a; where it is greater if the metric has no better. */
  public int better() {
    return sense == MetricSense.LOWER_IS_BETTER ? effects.smaller() : effects.greater();
  }

  /** As {@code smallestDetectable} for another number of cases that scatter alike. */
  public double smallestDetectable(int cases) {
    return Detectable.smallestDifference(standardDeviation, cases);
  }

  /** The smallest corrected p-value that this many differences can give. */
  public double smallestHolm() {
    return Math.min(1, wilcoxon.smallestP() * Math.max(1, family));
  }

  /** The case where b loses most against a, if it loses anywhere and the metric has a better. */
  public Optional<String> largestLoss() {
    double[] d = pairs.differences();
    int worst = -1;
    for (int i = 0; i < d.length; i++) {
      boolean loss = sense.gain(d[i]) < 0;
      if (loss && (worst < 0 || sense.gain(d[i]) < sense.gain(d[worst]))) {
        worst = i;
      }
    }
    return worst < 0 || sense == MetricSense.NONE
        ? Optional.empty()
        : Optional.of(pairs.cases().get(worst));
  }
}
