package io.fiducia.metrics.stats;

import java.util.ArrayList;
import java.util.List;

/** What a learning curve says, in words that claim no more than it shows. */
public final class LearningCurveText {
  private LearningCurveText() {}

  /**
   * One sentence: whether more cases helped, and whether the other systems were beaten, each at the
   * largest number of cases that both learned from. Empty if nothing could be compared.
   */
  public static String sentence(LearningCurve curve) {
    List<String> parts = new ArrayList<>();
    curve.moreCases().ifPresent(f -> parts.add(moreCases(f)));
    for (String other : curve.systems().subList(1, curve.systems().size())) {
      List<LearningCurve.Finding> against = curve.against(other);
      if (!against.isEmpty()) {
        parts.add(against(curve.system(), against.getLast()));
      }
    }
    if (parts.isEmpty()) {
      return "";
    }
    String text = String.join("; ", parts);
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }

  private static String moreCases(LearningCurve.Finding f) {
    String seen = "mean " + f.overall().metric() + " " + value(f.overall().pairs().meanA(), f)
        + " with " + cases(f.otherSize()) + " and " + value(f.overall().pairs().meanB(), f)
        + " with " + f.size() + " (" + certainty(f.overall()) + ")";
    return switch (Verdict.of(f.overall()).kind()) {
      case BETTER -> "more support helped: " + seen;
      case WORSE -> "more support did harm: " + seen;
      case TOO_FEW, NO_PAIRS -> "there are too few test cases to say whether more support helps: "
          + seen;
      default -> "it is not shown that more support helps: " + seen;
    };
  }

  private static String against(String system, LearningCurve.Finding f) {
    String seen = value(f.overall().pairs().meanB(), f) + " against "
        + value(f.overall().pairs().meanA(), f) + ", " + certainty(f.overall());
    String with = " with " + cases(f.size());
    return switch (Verdict.of(f.overall()).kind()) {
      case BETTER -> system + with + " does better than " + f.other() + " (" + seen + ")";
      case WORSE -> system + with + " does worse than " + f.other() + " (" + seen + ")";
      case TOO_FEW, NO_PAIRS -> "there are too few test cases to compare " + system + with
          + " with " + f.other() + " (" + seen + ")";
      default -> "between " + system + " and " + f.other() + with + " no difference is shown ("
          + seen + ")";
    };
  }

  private static String certainty(PairedComparison c) {
    String range = Double.isNaN(c.interval().low())
        ? ""
        : ", 95 % interval " + Figures.signed(c.metric(), c.interval().low()) + " to "
            + Figures.signed(c.metric(), c.interval().high());
    return "difference " + Figures.signed(c.metric(), c.interval().mean()) + range
        + (c.n() == 0 ? "" : ", " + Figures.pEquals(c.pHolm())) + ", " + c.n()
        + (c.n() == 1 ? " test case" : " test cases");
  }

  private static String value(double v, LearningCurve.Finding f) {
    return Figures.value(f.overall().metric(), v) + Figures.unit(f.overall().metric());
  }

  private static String cases(int n) {
    return n + (n == 1 ? " case" : " cases");
  }
}
