package io.fiducia.metrics.stats;

import io.fiducia.base.SeededRandom;
import java.util.Arrays;

/**
 * The permutation test of paired values: were the two systems alike, each difference could as well
 * have had the other sign (Fisher 1935). The statistic is the mean difference, two-sided.
 *
 * <p>Up to 30 differences p is exact over all sign patterns, else from 100,000 seeded ones, the
 * observed one counted among them (Phipson and Smyth 2010).
 */
public final class SignFlipTest {
  /** The largest number of differences that is enumerated. */
  public static final int EXACT_UP_TO = 30;

  /** Sign patterns drawn where there are too many to enumerate. */
  public static final int DRAWS = 100_000;

  private SignFlipTest() {}

  /** A p-value, and whether it was enumerated. */
  public record Result(double p, boolean exact) {}

  /** Tests b against a. */
  public static Result test(Pairs pairs, long seed) {
    return test(pairs.differences(), pairs.noise(), seed);
  }

  /** Tests differences against a mean of zero; sums within {@code noise} a term are equal. */
  static Result test(double[] differences, double noise, long seed) {
    // Flipping a zero changes nothing.
    double[] d = Arrays.stream(differences).filter(v -> Math.abs(v) > noise).toArray();
    double threshold = Math.abs(Arrays.stream(d).sum()) - noise * Math.max(1, d.length);
    if (d.length == 0 || threshold <= 0) {
      return new Result(1, true);
    }
    return d.length <= EXACT_UP_TO
        ? new Result(exact(d, threshold), true)
        : new Result(drawn(d, threshold, seed), false);
  }

  /**
   * Each pattern is one of the first half of the differences with one of the second: with both lists
   * of sums sorted, one walk counts the pairs that reach the threshold.
   */
  private static double exact(double[] d, double threshold) {
    double[] first = signedSums(d, 0, d.length / 2);
    double[] second = signedSums(d, d.length / 2, d.length);
    long reached = 0;
    int k = second.length;
    for (double sum : first) {
      while (k > 0 && sum + second[k - 1] >= threshold) {
        k--;
      }
      reached += second.length - k;
    }
    // The distribution is symmetric: as many patterns lie below minus the threshold.
    return Math.min(1, Math.scalb((double) reached, 1 - d.length));
  }

  private static double[] signedSums(double[] d, int from, int to) {
    double[] sums = {0};
    for (int i = from; i < to; i++) {
      double[] next = new double[sums.length * 2];
      for (int s = 0; s < sums.length; s++) {
        next[2 * s] = sums[s] - d[i];
        next[2 * s + 1] = sums[s] + d[i];
      }
      sums = next;
    }
    Arrays.sort(sums);
    return sums;
  }

  private static double drawn(double[] d, double threshold, long seed) {
    // A table a byte of signs: eight differences cost one addition.
    int bytes = (d.length + 7) / 8;
    double[][] table = new double[bytes][256];
    for (int i = 0; i < 8 * bytes; i++) {
      for (int signs = 0; i < d.length && signs < 256; signs++) {
        table[i / 8][signs] += (signs >> i % 8 & 1) == 1 ? d[i] : -d[i];
      }
    }
    SeededRandom random = SeededRandom.of(seed, "sign flip", d.length);
    int reached = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      double sum = 0;
      long bits = 0;
      for (int i = 0; i < bytes; i++) {
        bits = i % 8 == 0 ? random.nextLong() : bits >>> 8;
        sum += table[i][(int) (bits & 255)];
      }
      reached += Math.abs(sum) >= threshold ? 1 : 0;
    }
    return (reached + 1.0) / (DRAWS + 1.0);
  }
}
