package io.fiducia.report;

import io.fiducia.metrics.stats.BlandAltman;
import io.fiducia.metrics.stats.ComparisonReport;
import io.fiducia.metrics.stats.Figures;
import io.fiducia.metrics.stats.MetricSense;
import io.fiducia.metrics.stats.PairedComparison;
import io.fiducia.metrics.stats.RankStability;
import io.fiducia.metrics.stats.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** The plots of a comparison as SVG text; shape and place say what colour says. */
final class CompareCharts {
  /** Pixels of a letter or digit, rounded up: the font is 13 pixels high. */
  private static final int LETTER = 7;
  /** Ticks that an axis of differences has, about. */
  private static final int FOREST_TICKS = 6;

  private CompareCharts() {}

  /**
   * Mean differences with their intervals, one row per structure. A filled mark has p &lt; 0.05 after
   * correction, a hollow one has not; the margin of equivalence, if there is one, is shaded.
   */
  static String forest(List<PairedComparison> rows) {
    PairedComparison first = rows.get(0);
    int left = 210;
    int right = 650;
    int row = 30;
    int bottom = 20 + rows.size() * row;
    double margin = first.equivalence().map(e -> e.upper()).orElse(0.0);
    double[] ends = rows.stream()
        .flatMapToDouble(c -> DoubleStream.of(c.interval().mean(), c.interval().low(),
            c.interval().high(), 0, 1.2 * margin, -1.2 * margin))
        .toArray();
    Scale x = Scale.holding(ends, left, right);
    StringBuilder svg = open(860, bottom + 62, "Differences in " + first.metric() + ", " + first.b()
        + " minus " + first.a());
    if (margin > 0) {
      svg.append(format("<rect class=\"margin\" x=\"%.1f\" y=\"8\" width=\"%.1f\" height=\"%d\"/>",
          x.at(-margin), x.at(margin) - x.at(-margin), bottom - 8));
    }
    for (double tick : x.ticks(FOREST_TICKS)) {
      svg.append(format("<line class=\"grid\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"8\" y2=\"%2$d\"/>"
          + "<text x=\"%1$.1f\" y=\"%3$d\" text-anchor=\"middle\">%4$s</text>", x.at(tick), bottom,
          bottom + 16, x.label(tick, FOREST_TICKS)));
    }
    svg.append(format("<line class=\"zero\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"8\" y2=\"%2$d\"/>",
        x.at(0), bottom));
    for (int i = 0; i < rows.size(); i++) {
      forestRow(svg, rows.get(i), x, 24 + i * row);
    }
    sides(svg, first, x, bottom + 40);
    return svg.append("</svg>").toString();
  }

  private static void forestRow(StringBuilder svg, PairedComparison c, Scale x, int y) {
    svg.append(format("<text x=\"200\" y=\"%d\" text-anchor=\"end\">%s"
        + "<tspan class=\"soft\" dx=\"6\">n = %d</tspan></text>", y + 4,
        Html.escape(Html.shortened(c.structure(), 24)),
        c.n()));
    if (c.n() == 0) {
      svg.append(format("<text class=\"soft\" x=\"215\" y=\"%d\">no pairs</text>", y + 4));
      return;
    }
    String m = c.metric();
    double mean = c.interval().mean();
    boolean interval = !Double.isNaN(c.interval().low());
    if (interval) {
      svg.append(format("<path class=\"ci\" d=\"M%.1f %dv8m0 -4H%.1fm0 -4v8\"/>",
          x.at(c.interval().low()), y - 4, x.at(c.interval().high())));
    }
    svg.append(format("<path class=\"%s\" d=\"M%.1f %dl6 6l-6 6l-6 -6z\"/>",
        c.pHolm() < 0.05 ? "mean" : "mean hollow", x.at(mean), y - 6));
    svg.append(format("<text x=\"664\" y=\"%d\">%s%s</text>", y + 4,
        minus(Figures.signed(m, mean)), interval
            ? minus(" (" + Figures.signed(m, c.interval().low()) + " to "
                + Figures.signed(m, c.interval().high()) + ")")
            : ""));
  }

  /** Says which side is whose. */
  private static void sides(StringBuilder svg, PairedComparison c, Scale x, int y) {
    String a = Html.escape(Html.shortened(c.a(), 30));
    String b = Html.escape(Html.shortened(c.b(), 30));
    String left = switch (c.sense()) {
      case HIGHER_IS_BETTER -> a + " better";
      case LOWER_IS_BETTER -> b + " better";
      case NONE -> b + " lower";
    };
    String right = switch (c.sense()) {
      case HIGHER_IS_BETTER -> b + " better";
      case LOWER_IS_BETTER -> a + " better";
      case NONE -> b + " higher";
    };
    svg.append(format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"end\">← %s</text>"
        + "<text x=\"%.1f\" y=\"%d\">%s →</text>", x.at(0) - 10, y, left, x.at(0) + 10, y, right));
    svg.append(format("<text class=\"soft\" x=\"%s\" y=\"%d\">%s</text>", unitAt(x), y - 24,
        Html.escape(c.metric())));
  }

  /** Where the unit behind the axis begins: beside the figures, or further on if the last tick is near. */
  private static String unitAt(Scale x) {
    int beside = 664;
    List<Double> ticks = x.ticks(FOREST_TICKS);
    if (ticks.isEmpty()) {
      return Integer.toString(beside);
    }
    double last = ticks.getLast();
    double end = x.at(last) + 0.5 * LETTER * x.label(last, FOREST_TICKS).length();
    return end + LETTER <= beside
        ? Integer.toString(beside)
        : format("%.1f", end + LETTER);
  }

  /**
   * The values of every case, joined from the first system to the second: solid where the second is
   * better, dashed where it is worse, dotted where both are equal.
   */
  static String paired(PairedComparison c) {
    int width = 220;
    int height = 230;
    double[] a = c.pairs().a();
    double[] b = c.pairs().b();
    Scale y = Scale.holding(DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray(),
        height - 52, 12);
    int xa = 70;
    int xb = 180;
    StringBuilder svg = open(width, height,
        c.structure() + ": " + c.metric() + " of " + c.n() + " cases, " + c.a() + " and " + c.b());
    for (double tick : y.ticks(5)) {
      svg.append(format("<line class=\"grid\" x1=\"48\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
          + "<text x=\"42\" y=\"%.1f\" text-anchor=\"end\">%s</text>", width - 8, y.at(tick),
          y.at(tick), y.at(tick) + 4, y.label(tick, 5)));
    }
    StringBuilder[] lines = {new StringBuilder(), new StringBuilder(), new StringBuilder()};
    StringBuilder dots = new StringBuilder();
    double[] d = c.pairs().differences();
    for (int i = 0; i < d.length; i++) {
      double gain = c.sense().gain(d[i]);
      lines[gain > 0 ? 0 : gain < 0 ? 1 : 2]
          .append(format("M%d %.1fL%d %.1f", xa, y.at(a[i]), xb, y.at(b[i])));
      dots.append(format("M%d %.1fh0M%d %.1fh0", xa, y.at(a[i]), xb, y.at(b[i])));
    }
    String[] classes = c.sense() == MetricSense.NONE
        ? new String[]{"same", "same", "same"}
        : new String[]{"up", "down", "same"};
    for (int k = 0; k < 3; k++) {
      if (lines[k].length() > 0) {
        svg.append("<path class=\"pair ").append(classes[k]).append("\" d=\"").append(lines[k])
            .append("\"/>");
      }
    }
    svg.append("<path class=\"dots\" d=\"").append(dots).append("\"/>");
    svg.append(format("<path class=\"pair overall\" d=\"M%d %.1fL%d %.1f\"/>", xa,
        y.at(c.pairs().meanA()), xb, y.at(c.pairs().meanB())));
    return svg.append(format(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>"
            + "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>"
            + "<text class=\"name\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text></svg>",
        xa, height - 32, Html.escape(Html.shortened(c.a(), 14)), xb, height - 32,
        Html.escape(Html.shortened(c.b(), 14)), 125, height - 10,
        Html.escape(Html.shortened(c.structure(), 28))))
        .toString();
  }

  /** Differences of volumes over their means, the bias and the limits with their intervals. */
  static String blandAltman(ComparisonReport.Volumes v) {
    int width = 330;
    int height = 230;
    int n = v.reference().size();
    double[] mean = new double[n];
    double[] difference = new double[n];
    for (int i = 0; i < n; i++) {
      mean[i] = (v.reference().get(i) + v.prediction().get(i)) / 2;
      difference[i] = v.prediction().get(i) - v.reference().get(i);
    }
    BlandAltman b = v.agreement();
    Scale x = Scale.holding(mean, 58, width - 14);
    Scale y = Scale.holding(DoubleStream.concat(Arrays.stream(difference),
        DoubleStream.of(b.lowerLimitLow(), b.upperLimitHigh(), 0)).toArray(), height - 58, 12);
    StringBuilder svg = open(width, height, v.system() + ", " + v.structure()
        + ": volume differences over mean volumes");
    band(svg, x, y, b.lowerLimitLow(), b.lowerLimitHigh());
    band(svg, x, y, b.upperLimitLow(), b.upperLimitHigh());
    band(svg, x, y, b.biasLow(), b.biasHigh());
    for (double tick : y.ticks(5)) {
      svg.append(format("<text x=\"52\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          y.at(tick) + 4, y.label(tick, 5)));
    }
    for (double tick : x.ticks(4)) {
      svg.append(format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x.at(tick),
          height - 42, x.label(tick, 4)));
    }
    across(svg, "zero", x, y.at(0));
    across(svg, "bias", x, Double.isNaN(b.bias()) ? y.at(0) : y.at(b.bias()));
    if (!Double.isNaN(b.lowerLimit())) {
      across(svg, "limit", x, y.at(b.lowerLimit()));
      across(svg, "limit", x, y.at(b.upperLimit()));
    }
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < n; i++) {
      dots.append(format("M%.1f %.1fh0", x.at(mean[i]), y.at(difference[i])));
    }
    String unit = v.unit().replace("cm3", "cm³");
    return svg.append("<path class=\"dots\" d=\"").append(dots).append("\"/>").append(format(
        "<text class=\"soft\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">mean of both, %s</text>"
            + "<text class=\"name\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text></svg>",
        width / 2 + 20, height - 26, unit, width / 2 + 20, height - 8,
        Html.escape(Html.shortened(v.structure() + ", " + v.system(), 44)))).toString();
  }

  private static void band(StringBuilder svg, Scale x, Scale y, double low, double high) {
    if (!Double.isNaN(low)) {
      svg.append(format("<rect class=\"margin\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\""
          + " height=\"%.1f\"/>", x.from(), y.at(high), x.to() - x.from(), y.at(low) - y.at(high)));
    }
  }

  private static void across(StringBuilder svg, String name, Scale x, double y) {
    svg.append(format("<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", name,
        x.from(), x.to(), y, y));
  }

  /** One bar per ranking: in which share of the draws each system came first. */
  static String ranks(List<ComparisonReport.Ranking> rankings) {
    int left = 210;
    int width = 440;
    int row = 30;
    RankStability first = rankings.get(0).stability();
    StringBuilder svg = open(860, rankings.size() * row + 16,
        "How often each system ranks first by " + rankings.get(0).metric());
    for (int i = 0; i < rankings.size(); i++) {
      ComparisonReport.Ranking r = rankings.get(i);
      int y = 8 + i * row;
      svg.append(format("<text x=\"200\" y=\"%d\" text-anchor=\"end\"%s>%s"
          + "<tspan class=\"soft\" dx=\"6\">n = %d</tspan></text>", y + 16,
          r.structure().isEmpty() ? " class=\"name\"" : "",
          r.structure().isEmpty()
              ? "all structures"
              : Html.escape(Html.shortened(r.structure(), 24)),
          r.stability().cases()));
      double x = left;
      for (int k = 0; k < first.systems().size(); k++) {
        double share = r.stability().shareOfRank().get(k).get(0);
        if (!(share > 0)) {
          continue;
        }
        svg.append(format("<rect class=\"share s%d\" x=\"%.1f\" y=\"%d\" width=\"%.1f\""
            + " height=\"22\"/>", k % 6, x, y, width * share));
        String name = Html.shortened(first.systems().get(k), 20);
        // A percentage stands behind the name.
        if (width * share > LETTER * (name.length() + 6)) {
          svg.append(format("<text class=\"in s%d\" x=\"%.1f\" y=\"%d\">%s %.0f %%</text>", k % 6,
              x + 6, y + 15, Html.escape(name),
              100 * share));
        }
        x += width * share;
      }
      if (r.stability().cases() == 0) {
        svg.append(format("<text class=\"soft\" x=\"215\" y=\"%d\">no case that all have</text>",
            y + 16));
      }
    }
    return svg.append("</svg>").toString();
  }

  /** A finding's sign; signs differ in shape. */
  static String sign(Verdict.Kind kind) {
    return switch (kind) {
      case BETTER -> "▲";
      case WORSE -> "▼";
      case DIFFERENT -> "◆";
      case EQUIVALENT -> "≈";
      case IDENTICAL -> "=";
      case NOT_SHOWN -> "○";
      case TOO_FEW -> "?";
      case NO_PAIRS -> "–";
    };
  }

  /** True minus signs before numbers. */
  static String minus(String text) {
    return text.replaceAll("(?<![\\w-])-(?=\\d)", "−");
  }

  private static StringBuilder open(int width, int height, String label) {
    return new StringBuilder(format(
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", width, height,
        Html.escape(label)));
  }

  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
