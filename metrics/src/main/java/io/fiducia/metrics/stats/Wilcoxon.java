package io.fiducia.metrics.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The signed-rank test of Wilcoxon (1945) for paired values, two-sided. Zeros are dropped, tied
 * differences share the mean of their ranks.
 *
 * <p>Up to 50 differences the p-value is exact, with ties too: the distribution of the rank sum over
 * all sign patterns given the ranks as they are (scipy 1.17 falls back to the normal approximation
 * or to resampling where there are ties). Beyond, the normal approximation with the correction for
 * ties and without one for continuity, as scipy's.
 */
public final class Wilcoxon {
  /** The largest number of differences that is enumerated. */
  public static final int EXACT_UP_TO = 50;

  private Wilcoxon() {}

  /**
   * The test's result.
   *
   * @param n differences that are not zero
   * @param plus rank sum of the positive differences
   * @param minus rank sum of the negative ones
   * @param p two-sided; 1 without any difference
   * @param exact whether p was enumerated
   * @param smallestP what p would be if all n differences had one sign: no arrangement of them gives
   *     less
   */
  public record Result(int n, double plus, double minus, double p, boolean exact,
      double smallestP) {
    /** Matched-pairs rank-biserial correlation (Kerby 2014): 1 if all are positive; NaN for none. */
    public double rankBiserial() {
      return (plus - minus) / (plus + minus);
    }
  }

  /** Tests b against a. */
  public static Result test(Pairs pairs) {
    return test(pairs.differences(), pairs.noise());
  }

  /** Tests differences against zero; those within {@code noise} of one another are tied. */
  static Result test(double[] differences, double noise) {
    double[] d = Arrays.stream(differences).filter(v -> Math.abs(v) > noise).toArray();
    int n = d.length;
    if (n == 0) {
      return new Result(0, 0, 0, 1, true, 1);
    }
    int[] doubled = doubledRanks(d, noise);
    long plus = 0;
    long all = 0;
    for (int i = 0; i < n; i++) {
      plus += d[i] > 0 ? doubled[i] : 0;
      all += doubled[i];
    }
    boolean exact = n <= EXACT_UP_TO;
    double p = exact ? exact(doubled, Math.min(plus, all - plus)) : normal(doubled, plus);
    double smallest = exact ? Math.min(1, Math.scalb(2, -n)) : normal(doubled, all);
    return new Result(n, plus / 2.0, (all - plus) / 2.0, p, exact, smallest);
  }

  /** Twice the ranks of the absolute differences: whole numbers, shared ranks too. */
  private static int[] doubledRanks(double[] d, double noise) {
    int n = d.length;
    int[] order = IntStream.range(0, n).boxed()
        .sorted(Comparator.comparingDouble(i -> Math.abs(d[i]))).mapToInt(i -> i).toArray();
    int[] doubled = new int[n];
    for (int from = 0; from < n;) {
      int to = from + 1;
      while (to < n && Math.abs(d[order[to]]) - Math.abs(d[order[to - 1]]) <= noise) {
        to++;
      }
      for (int i = from; i < to; i++) {
        doubled[order[i]] = from + 1 + to;
      }
      from = to;
    }
    return doubled;
  }

  /** Twice the share of sign patterns whose rank sum is at most {@code smaller}. */
  private static double exact(int[] doubled, long smaller) {
    int total = Arrays.stream(doubled).sum();
    // Up to 2^50 patterns: doubles count them without rounding.
    double[] patterns = new double[total + 1];
    patterns[0] = 1;
    int reached = 0;
    for (int rank : doubled) {
      reached += rank;
      for (int sum = reached; sum >= rank; sum--) {
        patterns[sum] += patterns[sum - rank];
      }
    }
    double below = 0;
    for (int sum = 0; sum <= smaller; sum++) {
      below += patterns[sum];
    }
    return Math.min(1, Math.scalb(below, 1 - doubled.length));
  }

  private static double normal(int[] doubled, long plus) {
    double mean = 0;
    double variance = 0;
    // Each rank counts with probability one half; shared ranks carry the correction for ties.
    for (int rank : doubled) {
      mean += rank / 4.0;
      variance += rank * (double) rank / 16;
    }
    double z = (plus / 2.0 - mean) / Math.sqrt(variance);
    return Math.min(1, 2 * Normal.cumulative(-Math.abs(z)));
  }
}
