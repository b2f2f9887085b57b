package io.fiducia.report;

import io.fiducia.core.Structure;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A score that a reader should look at before any mean.
 *
 * @param what in plain words
 * @param dice of the structure in that case
 * @param cm3 volume of the reference, or of what was drawn where there is no reference
 */
record Failure(String caseId, Structure structure, What what, double dice, double cm3) {
  /** Below this a contour is of little use as a start; a convention of this report. */
  static final double POOR_DICE = 0.5;

  /** The kinds, the gravest first. */
  enum What {
    MISSED("Missed", "nothing was drawn"),
    INVENTED("Invented", "drawn, but the reference has none"),
    POOR("Dice below " + POOR_DICE, "poor"),
    OUTLIER("Far below the others", "far below the structure’s other cases");

    final String title;
    final String text;

    What(String title, String text) {
      this.title = title;
      this.text = text;
    }
  }

  /**
   * The failures, the gravest and among those the largest loss first: structures missed or invented,
   * poor scores, and scores below the lower Tukey fence of their structure (first quartile minus 1.5
   * interquartile ranges).
   */
  static List<Failure> in(Evaluation evaluation) {
    List<Failure> failures = new ArrayList<>();
    for (Structure s : Headline.foreground(evaluation)) {
      double[] sorted = Arrays.stream(evaluation.values(s.key(), "Dice")).filter(Double::isFinite)
          .sorted().toArray();
      double fence = sorted.length < 5
          ? Double.NEGATIVE_INFINITY
          : BoxPlot.of(sorted).lowerFence();
      for (CaseScores c : evaluation.cases()) {
        double dice = Headline.dice(c, s);
        if (!Double.isFinite(dice)) {
          continue;
        }
        double reference = c.byStructure().get(s.key()).getOrDefault("volume_ref_cm3", Double.NaN);
        double drawn = c.byStructure().get(s.key()).getOrDefault("volume_pred_cm3", Double.NaN);
        if (drawn == 0) {
          failures.add(new Failure(c.id(), s, What.MISSED, dice, reference));
        } else if (reference == 0) {
          failures.add(new Failure(c.id(), s, What.INVENTED, dice, drawn));
        } else if (dice < POOR_DICE) {
          failures.add(new Failure(c.id(), s, What.POOR, dice, reference));
        } else if (dice < fence) {
          failures.add(new Failure(c.id(), s, What.OUTLIER, dice, reference));
        }
      }
    }
    failures.sort(Comparator.comparing(Failure::what).thenComparing(Failure::dice)
        .thenComparing(Comparator.comparing(Failure::cm3).reversed()));
    return failures;
  }
}
