package io.fiducia.report;

import io.fiducia.metrics.EvaluationWriter;
import io.fiducia.metrics.stats.LearningCurve;
import io.fiducia.metrics.stats.MetricSense;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A learning curve as an SVG image: one panel per structure, the number of cases on a logarithmic axis.
 * Systems differ in mark and dashes as well as in colour. The image stands by itself: it needs no style
 * sheet.
 */
public final class LearningCurveChart {
  private static final String INK = "#1b1f24";
  private static final String SOFT = "#4b5560";
  private static final String GRID = "#d8dee4";
  private static final int WIDTH = 860;
  private static final int TOP = 30;
  private static final int LEFT = 52;
  private static final int RIGHT = 14;
  private static final int BELOW = 46;
  private static final int LEGEND_ROW = 20;
  private static final int LEGEND_COLUMNS = 3;
  private static final int TICKS = 5;
  /** Marks of several systems at one size stand side by side, in pixels. */
  private static final double APART = 5;
  /** Pixels between the texts of two sizes, at least. */
  private static final double CLEAR = 16;

  private final LearningCurve curve;
  private final String metric;
  private final StringBuilder svg = new StringBuilder();
  private final int columns;
  private final int panelWidth;
  private final int panelHeight;

  private LearningCurveChart(LearningCurve curve, String metric) {
    this.curve = curve;
    this.metric = metric;
    int panels = curve.structures().size();
    columns = Math.min(3, panels);
    panelWidth = panels == 1 ? 560 : WIDTH / columns;
    panelHeight = panels == 1 ? 330 : panels == 2 ? 280 : 230;
  }

  /** The image of one metric. */
  public static String svg(LearningCurve curve, String metric) {
    return new LearningCurveChart(curve, metric).image();
  }

  private String image() {
    int rows = Math.ceilDiv(curve.structures().size(), columns);
    int legendRows = Math.ceilDiv(curve.systems().size(), LEGEND_COLUMNS);
    int legend = legendRows * LEGEND_ROW + 8;
    int width = curve.structures().size() == 1 ? 560 : WIDTH;
    append("<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
        + " role=\"img\" aria-label=\"%s\" font-family=\"sans-serif\" font-size=\"12\""
        + " fill=\"%s\">", width, legend + rows * panelHeight,
        Html.escape(metric + " against the number of support cases"), INK);
    append("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>", width,
        legend + rows * panelHeight);
    legend(width);
    for (int i = 0; i < curve.structures().size(); i++) {
      panel(curve.structures().get(i), i % columns * panelWidth,
          legend + i / columns * panelHeight);
    }
    return svg.append("</svg>").toString();
  }

  private void legend(int width) {
    int each = width / LEGEND_COLUMNS;
    for (int s = 0; s < curve.systems().size(); s++) {
      double x = 12 + s % LEGEND_COLUMNS * each;
      double y = 14 + s / LEGEND_COLUMNS * LEGEND_ROW;
      append("<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s d=\"M%.1f %.1fh34\"/>",
          colour(s), dashes(s), x, y);
      mark(s, x + 17, y);
      String name = curve.systems().get(s);
      append("<text x=\"%.1f\" y=\"%.1f\">%s<title>%s</title></text>", x + 41, y + 4,
          Html.escape(Html.shortened(name, each / 8 - 5)), Html.escape(name));
    }
  }

  private void panel(String structure, int x0, int y0) {
    double bottom = y0 + panelHeight - BELOW;
    Scale x = sizes(x0 + LEFT + 10, x0 + panelWidth - RIGHT - 10);
    Scale y = values(structure, bottom, y0 + TOP);
    append("<text x=\"%d\" y=\"%d\" font-weight=\"600\">%s<title>%s</title></text>", x0 + LEFT,
        y0 + 18, Html.escape(Html.shortened(structure, panelWidth / 9)), Html.escape(structure));
    for (double tick : y.ticks(TICKS)) {
      append("<line stroke=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
          + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", GRID, x0 + LEFT,
          x0 + panelWidth - RIGHT, y.at(tick), y.at(tick), x0 + LEFT - 6, y.at(tick) + 4,
          y.label(tick, TICKS));
    }
    double last = Double.NEGATIVE_INFINITY;
    for (int size : curve.sizes()) {
      double at = x.at(log2(size));
      append("<line stroke=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", SOFT, at,
          at, bottom, bottom + 4);
      if (at - last >= CLEAR) {
        append("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%d</text>", at, bottom + 17,
            size);
        last = at;
      }
    }
    append("<line stroke=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", SOFT, x0 + LEFT,
        x0 + panelWidth - RIGHT, bottom, bottom);
    append("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"%s\">support cases"
        + " (log scale)</text>", x0 + (LEFT + panelWidth - RIGHT) / 2.0, bottom + 35, SOFT);
    double middle = (y0 + TOP + bottom) / 2;
    append("<text x=\"%1$d\" y=\"%2$.1f\" text-anchor=\"middle\" fill=\"%3$s\""
        + " transform=\"rotate(-90 %1$d %2$.1f)\">%4$s</text>", x0 + 14, middle, SOFT,
        Html.escape(axisLabel()));
    int systems = curve.systems().size();
    for (int s = 0; s < systems; s++) {
      line(s, structure, x, y, (s - (systems - 1) / 2.0) * APART);
    }
  }

  /** The metric with its unit; the metrics' names end in the unit where they have one. */
  private String axisLabel() {
    String unit = EvaluationWriter.unit(metric);
    return unit.isEmpty() ? metric + " (0 to 1)" : metric.replace("_" + unit, " (" + unit + ")");
  }

  private Scale sizes(double from, double to) {
    double low = log2(curve.sizes().first());
    double high = log2(curve.sizes().last());
    return high > low ? new Scale(low, high, from, to) : new Scale(low - 1, high + 1, from, to);
  }

  /** From 0 to 1 for shares; else from 0 to the largest end of an interval. */
  private Scale values(String structure, double from, double to) {
    if (MetricSense.of(metric) == MetricSense.HIGHER_IS_BETTER) {
      return new Scale(0, 1, from, to);
    }
    double[] ends = points(structure).stream()
        .flatMapToDouble(p -> DoubleStream.of(p.mean().mean(), p.mean().high(), p.mean().low()))
        .toArray();
    Scale holding = Scale.holding(DoubleStream.concat(DoubleStream.of(ends), DoubleStream.of(0))
        .toArray(), from, to);
    return new Scale(Math.min(0, DoubleStream.of(ends).filter(Double::isFinite).min().orElse(0)),
        holding.high(), from, to);
  }

  private List<LearningCurve.Point> points(String structure) {
    return curve.points().stream()
        .filter(p -> p.structure().equals(structure) && p.metric().equals(metric)).toList();
  }

  private void line(int s, String structure, Scale x, Scale y, double shift) {
    List<LearningCurve.Point> points = points(structure).stream()
        .filter(p -> p.system().equals(curve.systems().get(s)))
        .filter(p -> Double.isFinite(p.mean().mean())).toList();
    StringBuilder path = new StringBuilder();
    for (LearningCurve.Point p : points) {
      double at = x.at(log2(p.size())) + shift;
      path.append(format("%s%.1f %.1f", path.isEmpty() ? "M" : "L", at, y.at(p.mean().mean())));
      if (p.repeats().size() > 1) {
        p.repeats().stream().filter(Double::isFinite).forEach(v -> append(
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.6\" fill=\"%s\" fill-opacity=\"0.55\""
                + " stroke=\"none\"/>",
            at + 0.4 * APART, y.at(v), colour(s)));
      }
      if (p.mean().n() > 1) {
        append("<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.3\""
            + " d=\"M%.1f %.1fh4m-2 0V%.1fm-2 0h4\"/>", colour(s), at - 2,
            y.at(p.mean().low()), y.at(p.mean().high()));
      }
    }
    if (points.size() > 1) {
      append("<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s d=\"%s\"/>", colour(s),
          dashes(s), path);
    }
    for (LearningCurve.Point p : points) {
      svg.append("<g>");
      mark(s, x.at(log2(p.size())) + shift, y.at(p.mean().mean()));
      append("<title>%s</title></g>", Html.escape(describe(p)));
    }
  }

  private String describe(LearningCurve.Point p) {
    return p.system() + ", " + p.size() + (p.size() == 1 ? " case: " : " cases: ") + metric + " "
        + Html.number(p.mean().mean(), 3) + " (" + Html.number(p.mean().low(), 3) + " to "
        + Html.number(p.mean().high(), 3) + "), n = " + p.mean().n();
  }

  /** The mark of a system: circle, square, diamond, triangle, cross, and again. */
  private void mark(int s, double x, double y) {
    String path = switch (s % 5) {
      case 0 -> format("M%.1f %.1fa4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", x - 4, y);
      case 1 -> format("M%.1f %.1fh7v7h-7z", x - 3.5, y - 3.5);
      case 2 -> format("M%.1f %.1fl5.5 5.5l-5.5 5.5l-5.5 -5.5z", x, y - 5.5);
      case 3 -> format("M%.1f %.1fl5 9h-10z", x, y - 5.5);
      default -> format("M%.1f %.1fl8 8m0 -8l-8 8", x - 4, y - 4);
    };
    append("<path d=\"%s\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1\"/>", path, colour(s),
        s % 5 == 4 ? colour(s) : "#fff");
  }

  /** The studied system is solid, the others are dashed. */
  private static String dashes(int s) {
    return switch (s % 4) {
      case 0 -> s == 0 ? "" : " stroke-dasharray=\"8 3 2 3\"";
      case 1 -> " stroke-dasharray=\"6 4\"";
      case 2 -> " stroke-dasharray=\"2 3\"";
      default -> " stroke-dasharray=\"10 4\"";
    };
  }

  /** Blue for the studied system; the palette's strong colours for the others. */
  private static String colour(int s) {
    List<String> colours = List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9",
        "#E69F00");
    return colours.get(s % colours.size());
  }

  private static double log2(int n) {
    return Math.log(n) / Math.log(2);
  }

  private void append(String format, Object... args) {
    svg.append(format(format, args));
  }

  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
