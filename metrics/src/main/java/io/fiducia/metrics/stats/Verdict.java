package io.fiducia.metrics.stats;

import java.util.Locale;

/**
 * What a comparison says, in words that claim no more than it shows.
 *
 * @param kind the finding
 * @param brief a few words for a table
 * @param text whole sentences
 */
public record Verdict(Kind kind, String brief, String text) {
  private static final double ALPHA = 0.05;

  /** With fewer cases BCa intervals of 95 % cover 93 % or less (docs/statistics.md). */
  private static final int NARROW_BELOW = 20;

  /** Findings; the names are part of compare.json. */
  public enum Kind {
    BETTER,
    WORSE,
    DIFFERENT,
    EQUIVALENT,
    NOT_SHOWN,
    IDENTICAL,
    TOO_FEW,
    NO_PAIRS;

    /** The name in compare.json. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** The verdict of a comparison; the words are of b. */
  public static Verdict of(PairedComparison c) {
    if (c.n() == 0) {
      return new Verdict(Kind.NO_PAIRS, "no pairs",
          "No case has a value on both sides." + missing(c));
    }
    if (c.wilcoxon().n() == 0) {
      return new Verdict(Kind.IDENTICAL, "same values",
          "Both have the same values in all " + cases(c.n()) + "." + missing(c));
    }
    boolean equivalent = c.equivalence().filter(e -> e.p() < ALPHA).isPresent();
    boolean shown = c.pHolm() < ALPHA;
    Kind kind = shown
        ? direction(c)
        : equivalent
            ? Kind.EQUIVALENT
            : c.smallestHolm() >= ALPHA ? Kind.TOO_FEW : Kind.NOT_SHOWN;
    String brief = switch (kind) {
      case BETTER -> c.b() + " better";
      case WORSE -> c.a() + " better";
      case DIFFERENT -> c.b() + (c.interval().mean() > 0 ? " higher" : " lower");
      case EQUIVALENT -> "equivalent";
      case TOO_FEW -> "too few to test";
      default -> "no difference shown";
    };
    String text = switch (kind) {
      case BETTER, WORSE, DIFFERENT -> shown(c, kind);
      case TOO_FEW -> tooFew(c);
      case EQUIVALENT -> observed(c) + " Neither is shown to be better ("
          + Figures.pEquals(c.pHolm()) + corrected(c) + ").";
      default -> notShown(c);
    };
    return new Verdict(kind, brief, text + equivalence(c, equivalent) + missing(c));
  }

  private static Kind direction(PairedComparison c) {
    if (c.sense() == MetricSense.NONE) {
      return Kind.DIFFERENT;
    }
    // Signed ranks decide, not the mean, which a single case can turn round.
    double gain = c.sense().gain(c.effects().rankBiserial());
    return gain > 0 ? Kind.BETTER : Kind.WORSE;
  }

  private static String shown(PairedComparison c, Kind kind) {
    String word = kind == Kind.BETTER
        ? " does better than "
        : kind == Kind.WORSE ? " does worse than " : " differs from ";
    String turned = kind != Kind.DIFFERENT
        && c.sense().gain(c.interval().mean()) > 0 != (kind == Kind.BETTER)
            ? " The mean points the other way: a few cases weigh heavily in it; look at them."
            : "";
    return c.b() + word + c.a() + " (" + Figures.pEquals(c.pHolm()) + corrected(c) + "). "
        + observed(c) + turned;
  }

  /** "Dice 0.834 against 0.801: +0.033 (95 % interval ...) over 12 cases, better in 10 of them." */
  private static String observed(PairedComparison c) {
    String m = c.metric();
    String narrow = c.n() < NARROW_BELOW
        ? "; by t, safer with few cases, " + Figures.signed(m, c.tLow()) + " to "
            + Figures.signed(m, c.tHigh())
        : "";
    String range = Double.isNaN(c.interval().low())
        ? " in " + cases(c.n())
        : " (95 % interval " + Figures.signed(m, c.interval().low()) + " to "
            + Figures.signed(m, c.interval().high()) + narrow + ") over " + cases(c.n());
    String word = c.sense() == MetricSense.NONE ? "greater" : "better";
    return m + " " + Figures.value(m, c.pairs().meanB()) + " against "
        + Figures.value(m, c.pairs().meanA()) + ": "
        + Figures.signed(m, c.interval().mean()) + range + ", " + word + " in " + c.better()
        + " of "
        + c.n() + ".";
  }

  private static String notShown(PairedComparison c) {
    String m = c.metric();
    String range = "No difference is shown (" + Figures.pEquals(c.pHolm()) + corrected(c)
        + "), which does not make them equal: ";
    if (c.sense() == MetricSense.NONE || c.interval().low() == c.interval().high()) {
      range += observed(c);
    } else {
      // Of small numbers of cases the wider interval is the honest one.
      double from = c.n() < NARROW_BELOW ? c.tLow() : c.interval().low();
      double to = c.n() < NARROW_BELOW ? c.tHigh() : c.interval().high();
      double worst = Math.min(c.sense().gain(from), c.sense().gain(to));
      double best = Math.max(c.sense().gain(from), c.sense().gain(to));
      range += "over " + cases(c.n()) + " the mean difference was "
          + Figures.signed(m, c.interval().mean()) + Figures.unit(m) + ", and " + c.b() + " may be "
          + (worst < 0 && best > 0
              ? "from " + Figures.value(m, -worst) + " worse to " + Figures.value(m, best)
                  + " better"
              : worst >= 0
                  ? "from " + Figures.value(m, worst) + " to " + Figures.value(m, best) + " better"
                  : "from " + Figures.value(m, -best) + " to " + Figures.value(m, -worst)
                      + " worse")
          + (c.n() < NARROW_BELOW ? " (95 % t interval)." : " (95 % interval).");
      if (worst > 0 || best < 0) {
        range += " The interval leaves out zero, but the corrected test does not confirm it: a hint,"
            + " not a finding.";
      }
    }
    return range + detectable(c);
  }

  private static String tooFew(PairedComparison c) {
    return "Too few cases to test: " + c.wilcoxon().n()
        + (c.wilcoxon().n() == 1 ? " difference gives" : " differences give") + " p = "
        + Figures.p(c.wilcoxon().smallestP()) + " at best"
        + (c.family() > 1 ? " and " + Figures.p(c.smallestHolm()) + corrected(c) : "")
        + ", so a large p says nothing here. Seen: " + observed(c) + detectable(c);
  }

  private static String detectable(PairedComparison c) {
    return Double.isNaN(c.smallestDetectable()) || c.smallestDetectable() == 0
        ? ""
        : " With " + cases(c.n()) + " that scatter like these, a true difference below "
            + Figures.value(c.metric(), c.smallestDetectable()) + Figures.unit(c.metric())
            + " would mostly go unseen (80 % power).";
  }

  private static String equivalence(PairedComparison c, boolean shown) {
    return c.equivalence().map(e -> {
      String margin = "±" + Figures.value(c.metric(), e.upper()) + Figures.unit(c.metric());
      if (Double.isNaN(e.p())) {
        return " Equivalence within " + margin + " cannot be tested with one case.";
      }
      String interval = " (" + Figures.pEquals(e.p()) + ", 90 % interval "
          + Figures.signed(c.metric(), e.low()) + " to " + Figures.signed(c.metric(), e.high())
          + ").";
      return shown
          ? " On average they are equivalent within " + margin + interval
          : " Equivalence within " + margin + " is not shown" + interval;
    }).orElse("");
  }

  /** Which cases are left out and why; empty if none are, else with a space before it. */
  public static String missing(PairedComparison c) {
    StringBuilder text = new StringBuilder();
    if (c.onlyA() > 0) {
      text.append(absent(c.onlyA(), c.b()));
    }
    if (c.onlyB() > 0) {
      text.append(absent(c.onlyB(), c.a()));
    }
    if (c.neither() > 0) {
      text.append(" Left out: ").append(cases(c.neither())).append(" where neither has a value.");
    }
    if (c.unscored() > 0) {
      text.append(" Left out: ").append(cases(c.unscored()))
          .append(" where the structure was not scored on both sides.");
    }
    return text.toString();
  }

  private static String absent(int n, String system) {
    return " Left out: " + cases(n) + " where " + system
        + " alone has no value, which usually means"
        + " that it found nothing; these speak against it, but not here.";
  }

  private static String corrected(PairedComparison c) {
    return c.family() > 1 ? " after correction for " + c.family() + " comparisons" : "";
  }

  private static String cases(int n) {
    return n + (n == 1 ? " case" : " cases");
  }
}
