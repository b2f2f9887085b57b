package io.fiducia.metrics.stats;

import io.fiducia.base.SeededRandom;
import java.util.Arrays;
import java.util.List;

/**
 * How surely systems are ranked: cases are drawn again with replacement, and the systems ranked by
 * their mean over the cases drawn (Wiesenfarth et al. 2021, Sci. Rep. 11:2369, "aggregate, then
 * rank"). Over several structures a system's mean is the mean over structures of its means. A value
 * counts where every system has one, so that all are judged on the same.
 *
 * @param systems names, in the order given
 * @param cases cases with a value that counts
 * @param values values a system that count, over cases and structures
 * @param mean of each system
 * @param rank of each system, 1 the best; equal ones share the mean of their ranks
 * @param shareOfRank for each system the share of draws in which it had rank 1, 2, ...
 */
public record RankStability(List<String> systems, int cases, int values, List<Double> mean,
    List<Double> rank, List<List<Double>> shareOfRank) {
  public RankStability {
    systems = List.copyOf(systems);
    mean = List.copyOf(mean);
    rank = List.copyOf(rank);
    shareOfRank = shareOfRank.stream().map(List::copyOf).toList();
  }

  /**
   * Ranks systems.
   *
   * @param values by structure, system and case; NaN where there is none
   * @param sense whether a higher value ranks first
   */
  static RankStability of(List<String> systems, double[][][] values, MetricSense sense, int draws,
      long seed) {
    int caseCount = values.length == 0 ? 0 : values[0][0].length;
    boolean[][] counts = new boolean[values.length][caseCount];
    boolean[] anywhere = new boolean[caseCount];
    int total = 0;
    for (int s = 0; s < values.length; s++) {
      for (int c = 0; c < caseCount; c++) {
        int at = c;
        counts[s][c] = Arrays.stream(values[s]).allMatch(v -> Double.isFinite(v[at]));
        anywhere[c] |= counts[s][c];
        total += counts[s][c] ? 1 : 0;
      }
    }
    // Cases without any value that counts would only thin out the draws.
    int[] cases = java.util.stream.IntStream.range(0, caseCount).filter(c -> anywhere[c]).toArray();
    double[] observed = means(values, counts, cases);
    double[][] share = new double[systems.size()][systems.size()];
    SeededRandom random = SeededRandom.of(seed, "ranks", cases.length);
    int[] drawn = new int[cases.length];
    int useful = 0;
    for (int d = 0; d < draws && cases.length > 0; d++) {
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = cases[random.nextInt(cases.length)];
      }
      useful += addShares(share, means(values, counts, drawn), sense) ? 1 : 0;
    }
    double drawsUsed = useful;
    return new RankStability(systems, cases.length, total,
        Arrays.stream(observed).boxed().toList(),
        Arrays.stream(ranks(observed, sense)).boxed().toList(),
        Arrays.stream(share)
            .map(row -> Arrays.stream(row).map(v -> v / drawsUsed).boxed().toList()).toList());
  }

  /** Each system's mean over structures of its mean over the cases drawn. */
  private static double[] means(double[][][] values, boolean[][] counts, int[] cases) {
    int systems = values.length == 0 ? 0 : values[0].length;
    double[] means = new double[systems];
    int structures = 0;
    for (int s = 0; s < values.length; s++) {
      double[] sums = new double[systems];
      int n = 0;
      for (int c : cases) {
        if (counts[s][c]) {
          n++;
          for (int k = 0; k < systems; k++) {
            sums[k] += values[s][k][c];
          }
        }
      }
      if (n > 0) {
        structures++;
        for (int k = 0; k < systems; k++) {
          means[k] += sums[k] / n;
        }
      }
    }
    for (int k = 0; k < systems; k++) {
      means[k] = structures == 0 ? Double.NaN : means[k] / structures;
    }
    return means;
  }

  /** Adds one draw; equal systems share the ranks that they take. */
  private static boolean addShares(double[][] share, double[] means, MetricSense sense) {
    for (int k = 0; k < means.length; k++) {
      int[] place = place(means, k, sense);
      if (place[1] == 0) {
        return false;
      }
      for (int r = place[0]; r < place[0] + place[1]; r++) {
        share[k][r] += 1.0 / place[1];
      }
    }
    return true;
  }

  private static double[] ranks(double[] means, MetricSense sense) {
    double[] ranks = new double[means.length];
    for (int k = 0; k < ranks.length; k++) {
      int[] place = place(means, k, sense);
      ranks[k] = place[1] == 0 ? Double.NaN : 1 + place[0] + (place[1] - 1) / 2.0;
    }
    return ranks;
  }

  /** How many systems are better, and how many are equal, itself counted; 0 without a value. */
  private static int[] place(double[] means, int k, MetricSense sense) {
    int better = 0;
    int equal = 0;
    for (double other : means) {
      double gain = sense.gain(other - means[k]);
      double noise = 1e-12 * Math.max(Math.abs(other), Math.abs(means[k]));
      better += gain > noise ? 1 : 0;
      equal += Math.abs(gain) <= noise ? 1 : 0;
    }
    return new int[]{better, equal};
  }
}
