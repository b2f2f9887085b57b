package io.fiducia.report;

import io.fiducia.core.Structure;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.stats.Bootstrap;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The one figure of a report: the mean over structures of their mean Dice over cases, with its
 * interval over cases. Values that do not exist are left out; so are structures without any.
 *
 * @param mean with its interval; n is the number of cases
 * @param structures how many structures count
 * @param withoutValue names of the structures that do not
 */
record Headline(Bootstrap.Interval mean, int structures, List<String> withoutValue) {
  static Headline of(Evaluation evaluation, long seed) {
    int cases = evaluation.cases().size();
    List<Structure> all = foreground(evaluation);
    List<Structure> scored = all.stream()
        .filter(s -> Double.isFinite(evaluation.mean(s.key()).getOrDefault("Dice", Double.NaN)))
        .toList();
    double total = scored.stream().mapToDouble(s -> evaluation.mean(s.key()).get("Dice")).average()
        .orElse(Double.NaN);
    // Each case's influence on the figure, to first order. Their mean is the figure itself, and where
    // no value is missing they are the cases' own means.
    double[] influence = new double[cases];
    Arrays.fill(influence, total);
    for (Structure s : scored) {
      double[] dice = evaluation.values(s.key(), "Dice");
      double mean = evaluation.mean(s.key()).get("Dice");
      double n = Arrays.stream(dice).filter(Double::isFinite).count();
      for (int i = 0; i < cases; i++) {
        if (Double.isFinite(dice[i])) {
          influence[i] += cases / n * (dice[i] - mean) / scored.size();
        }
      }
    }
    Bootstrap.Interval interval = Bootstrap.mean(influence, ReportData.BOOTSTRAP_DRAWS, seed);
    return new Headline(
        new Bootstrap.Interval(total, Math.max(0, interval.low()), Math.min(1, interval.high()),
            interval.n()),
        scored.size(), all.stream().filter(s -> !scored.contains(s)).map(Structure::name).toList());
  }

  /** The structures that count, in the order of their labels: all but the background. */
  static List<Structure> foreground(Evaluation evaluation) {
    return evaluation.structures().stream().filter(s -> !s.labels().equals(List.of(0)))
        .sorted(java.util.Comparator.comparingInt(s -> s.labels().get(0))).toList();
  }

  /** Mean Dice of a case over the structures that have a value; NaN if none has. */
  static double ofCase(CaseScores c, List<Structure> structures) {
    return structures.stream().mapToDouble(s -> dice(c, s)).filter(Double::isFinite).average()
        .orElse(Double.NaN);
  }

  /** Dice of a structure in a case; NaN where it does not exist or was not annotated. */
  static double dice(CaseScores c, Structure s) {
    return c.byStructure().getOrDefault(s.key(), Map.of()).getOrDefault("Dice", Double.NaN);
  }
}
