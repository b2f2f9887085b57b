package io.fiducia.metrics.stats;

import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * One metric of one structure in the groups of one covariate.
 *
 * @param subject whose metric: a system, or a difference of two
 * @param groups in the covariate's order
 * @param worst the group with the worst mean among those that can be judged; empty where fewer than
 *     two can, or where the metric has no better and worse
 * @param best the group with the best one
 * @param gap the larger of the best and worst group's means minus the smaller, with its bootstrap
 *     interval; with more than two groups it is too large on average, as extremes are picked
 * @param p permutation p-value of a gap as large among the judged groups if cases were dealt into
 *     them by chance, which allows for the picking; NaN without a gap
 * @param pHolm {@code p} corrected over the structures and covariates of this subject and metric
 * @param note what to know about the figures; empty where there is nothing
 */
public record Subgroups(String subject, String structure, String metric, String covariate,
    List<Group> groups, Optional<String> worst, Optional<String> best,
    Optional<Bootstrap.Interval> gap, double p, double pHolm, String note) {
  /** Groups of fewer values are shown, but not judged. */
  public static final int FEWEST = 5;

  private static final int SHUFFLES = 10_000;

  /** One group: its cases, and the mean of the values that exist. */
  public record Group(String name, int cases, Bootstrap.Interval mean, boolean judged) {}

  public Subgroups {
    groups = List.copyOf(groups);
  }

  /**
   * Judges the groups of one covariate.
   *
   * @param cases those of the subject; others of the grouping are left out
   * @param value the metric of a case, NaN where it does not exist
   */
  static Subgroups of(String subject, String structure, String metric, MetricSense sense,
      Covariates.Grouping grouping, Set<String> cases, ToDoubleFunction<String> value, long seed) {
    List<Group> groups = new ArrayList<>();
    List<double[]> judgedValues = new ArrayList<>();
    List<Group> judged = new ArrayList<>();
    for (Map.Entry<String, List<String>> entry : grouping.groups().entrySet()) {
      List<String> members = entry.getValue().stream().filter(cases::contains).toList();
      double[] values = members.stream().mapToDouble(value).filter(Double::isFinite).toArray();
      Group group = new Group(entry.getKey(), members.size(),
          Bootstrap.mean(values, Bootstrap.DRAWS, seed), values.length >= FEWEST);
      groups.add(group);
      if (group.judged()) {
        judged.add(group);
        judgedValues.add(values);
      }
    }
    long unknown = grouping.unstated().stream().filter(cases::contains).count();
    String unstated = unknown == 0
        ? ""
        : "; " + unknown + (unknown == 1 ? " case" : " cases")
            + " without a value of the covariate";
    if (judged.size() < 2) {
      String why = grouping.groups().isEmpty()
          ? grouping.why()
          : grouping.groups().size() == 1
              ? "all cases are in one group"
              : "too few to judge: fewer than two groups have " + FEWEST + " values";
      return new Subgroups(subject, structure, metric, grouping.covariate(), groups,
          Optional.empty(), Optional.empty(), Optional.empty(), Double.NaN, Double.NaN,
          why + unstated);
    }
    Comparator<Group> byGain = Comparator.comparingDouble(g -> sense.gain(g.mean().mean()));
    Group worst = judged.stream().min(byGain).orElseThrow();
    Group best = judged.stream().max(byGain).orElseThrow();
    boolean lowerIsWorst = worst.mean().mean() <= best.mean().mean();
    Bootstrap.Interval gap = Bootstrap.differenceOfMeans(
        judgedValues.get(judged.indexOf(lowerIsWorst ? worst : best)),
        judgedValues.get(judged.indexOf(lowerIsWorst ? best : worst)), Bootstrap.DRAWS, seed);
    long few = groups.size() - judged.size();
    String note = few == 0
        ? ""
        : few + (few == 1 ? " group is" : " groups are")
            + " too few to judge";
    boolean ordered = sense != MetricSense.NONE;
    return new Subgroups(subject, structure, metric, grouping.covariate(), groups,
        ordered ? Optional.of(worst.name()) : Optional.empty(),
        ordered ? Optional.of(best.name()) : Optional.empty(), Optional.of(gap),
        shuffled(judgedValues, seed), Double.NaN, (note + unstated).replaceFirst("^; ", ""));
  }

  Subgroups withHolm(double corrected) {
    return new Subgroups(subject, structure, metric, covariate, groups, worst, best, gap, p,
        corrected, note);
  }

  /** The share of random deals whose range of group means is at least the observed one. */
  private static double shuffled(List<double[]> groups, long seed) {
    double[] all = groups.stream().flatMapToDouble(Arrays::stream).toArray();
    int[] sizes = groups.stream().mapToInt(g -> g.length).toArray();
    double noise = 1e-12 * Arrays.stream(all).map(Math::abs).max().orElse(0);
    double observed = range(all, sizes) - noise;
    SeededRandom random = SeededRandom.of(seed, "subgroups", all.length);
    int reached = 0;
    for (int s = 0; s < SHUFFLES; s++) {
      for (int i = all.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        double swap = all[i];
        all[i] = all[j];
        all[j] = swap;
      }
      reached += range(all, sizes) >= observed ? 1 : 0;
    }
    return (reached + 1.0) / (SHUFFLES + 1.0);
  }

  private static double range(double[] all, int[] sizes) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    int at = 0;
    for (int size : sizes) {
      double sum = 0;
      for (int i = 0; i < size; i++) {
        sum += all[at++];
      }
      low = Math.min(low, sum / size);
      high = Math.max(high, sum / size);
    }
    return high - low;
  }
}
