package io.fiducia.report;

import io.fiducia.metrics.stats.Bootstrap;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Small plots as SVG text; series differ in shape and position as well as in colour. */
final class Charts {
  /** More values than this show as boxes and outliers only. */
  private static final int MOST_DOTS = 150;
  private static final int MOST_POINTS = 500;

  private Charts() {}

  /** A line of a chart: points with x and y; NaN breaks the line. */
  record Series(String name, String colour, boolean dashed, double[] x, double[] y) {}

  /** One row of a strip chart. */
  record Strip(String name, String colour, double[] values, Bootstrap.Interval mean) {}

  /** The scale of a chart from low to high, with a unit that may be empty. */
  record Axis(double low, double high, String unit) {
    /** The scale of Dice and its like. */
    static final Axis SHARE = new Axis(0, 1, "");

    /** From zero to the tick at or above a value. */
    static Axis upTo(double highest, String unit) {
      Axis axis = new Axis(0, Math.max(highest, 1e-9), unit);
      // A longer axis can have wider ticks; then once more.
      for (int i = 0; i < 2; i++) {
        axis = new Axis(0, axis.step() * Math.ceil(highest / axis.step() - 1e-9), unit);
      }
      return axis;
    }

    private double step() {
      return niceStep((high - low) / 5);
    }

    private double[] ticks() {
      double step = step();
      int first = (int) Math.ceil(low / step - 1e-9);
      int last = (int) Math.floor(high / step + 1e-9);
      double[] ticks = new double[Math.max(0, last - first + 1)];
      for (int i = 0; i < ticks.length; i++) {
        ticks[i] = (first + i) * step;
      }
      return ticks;
    }

    private String label(double tick) {
      double step = step();
      return Html.number(tick, (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
    }

    private double share(double v) {
      return high > low ? Math.clamp((v - low) / (high - low), 0, 1) : 0;
    }
  }

  /** 1, 2 or 5 times a power of ten, near the step asked for. */
  private static double niceStep(double step) {
    if (!(step > 0) || !Double.isFinite(step)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    double lead = step / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
  }

  /** A strip chart of Dice; see {@link #strips(String, List, Axis)}. */
  static String strips(List<Strip> rows) {
    return strips("Dice of every case", rows, Axis.SHARE);
  }

  /**
   * A row for each: every value as a dot, below them quartiles as a box with Tukey's whiskers, below
   * that the mean with its interval. Of many values only the outliers are dots.
   */
  static String strips(String label, List<Strip> rows, Axis axis) {
    int rowHeight = 56;
    int left = 170;
    int plot = 520;
    int height = rows.size() * rowHeight + 44;
    StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
        left + plot + 30, height, Html.escape(label)));
    double[] ticks = axis.ticks();
    for (int t = 0; t < ticks.length; t++) {
      double x = left + plot * axis.share(ticks[t]);
      svg.append(String.format(Locale.ROOT,
          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"5\" y2=\"%d\"/>"
              + "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s%s</text>",
          x, x, height - 30, x, height - 12, axis.label(ticks[t]),
          t == ticks.length - 1 && !axis.unit().isEmpty() ? " " + axis.unit() : ""));
    }
    for (int i = 0; i < rows.size(); i++) {
      Strip s = rows.get(i);
      double y = 18 + i * rowHeight;
      svg.append(String.format(Locale.ROOT,
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s<title>%s</title></text>", left - 10,
          y + 20, Html.escape(Html.shortened(s.name(), 22)), Html.escape(s.name())));
      double[] v = Arrays.stream(s.values()).filter(Double::isFinite).sorted().toArray();
      if (v.length == 0) {
        svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%.1f\">no value</text>", left + 5,
            y + 20));
      } else {
        strip(svg, s, v, axis, left, plot, y);
      }
    }
    return svg.append("</svg>").toString();
  }

  private static void strip(StringBuilder svg, Strip s, double[] v, Axis axis, int left, int plot,
      double y) {
    BoxPlot box = BoxPlot.of(v);
    double q1 = left + plot * axis.share(box.q1());
    double q2 = left + plot * axis.share(box.median());
    double q3 = left + plot * axis.share(box.q3());
    double low = left + plot * axis.share(box.lowWhisker());
    double high = left + plot * axis.share(box.highWhisker());
    double middle = y + 18;
    for (int k = 0; k < v.length; k++) {
      if (v.length <= MOST_DOTS || box.outlier(v[k])) {
        // A fixed pattern of heights keeps equal values apart without chance in a report.
        svg.append(String.format(Locale.ROOT,
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.8\" fill=\"%s\"/>",
            left + plot * axis.share(v[k]), y + (k * 7 % 5 - 2) * 3, s.colour()));
      }
    }
    svg.append(String.format(Locale.ROOT,
        "<path class=\"whisker\" d=\"M%.1f %.1fv8M%.1f %.1fH%.1fM%.1f %.1fH%.1fm0 -4v8\"/>"
            + "<rect class=\"box\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" fill=\"%s\"/>"
            + "<line class=\"median\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
        low, middle - 4, low, middle, q1, q3, middle, high, q1, middle - 6, Math.max(1, q3 - q1),
        s.colour(), q2, q2, middle - 6, middle + 6));
    svg.append(String.format(Locale.ROOT,
        "<line class=\"ci\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
            + "<path class=\"mean\" d=\"M%.1f %.1fl4 4l-4 4l-4 -4z\"/>",
        left + plot * axis.share(s.mean().low()), left + plot * axis.share(s.mean().high()),
        y + 31, y + 31, left + plot * axis.share(s.mean().mean()), y + 27));
  }

  /** Lines over a common x axis from 0, the y axis between two bounds. */
  static String lines(String label, String xLabel, double yLow, double yHigh, List<Series> series) {
    int left = 50;
    int width = 460;
    int top = 14;
    int height = 190;
    Axis xAxis = new Axis(0,
        series.stream().flatMapToDouble(s -> Arrays.stream(s.x())).max().orElse(1), "");
    Axis yAxis = new Axis(yLow, yHigh, "");
    int perRow = 3;
    int legendRows = Math.ceilDiv(series.size(), perRow);
    StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
        left + width + 20, top + height + 44 + 18 * legendRows, Html.escape(label)));
    for (double tick : yAxis.ticks()) {
      double y = top + height - height * yAxis.share(tick);
      svg.append(String.format(Locale.ROOT,
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
              + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          left, left + width, y, y, left - 6, y + 4, yAxis.label(tick)));
    }
    for (double tick : xAxis.ticks()) {
      svg.append(String.format(Locale.ROOT,
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          left + width * xAxis.share(tick), top + height + 16, xAxis.label(tick)));
    }
    svg.append(
        String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
            left + width / 2, top + height + 32, Html.escape(xLabel)));
    for (int k = 0; k < series.size(); k++) {
      Series s = series.get(k);
      String dash = s.dashed() ? " stroke-dasharray=\"5 3\"" : "";
      svg.append(String.format(Locale.ROOT, "<path class=\"line\" stroke=\"%s\"%s d=\"%s\"/>",
          s.colour(), dash,
          line(s, xAxis, yAxis, left, width, top, height)));
      int x = left + width * (k % perRow) / perRow;
      int y = top + height + 54 + 18 * (k / perRow);
      svg.append(String.format(Locale.ROOT,
          "<path class=\"line\" stroke=\"%s\"%s d=\"M%d %dh22\"/><text x=\"%d\" y=\"%d\">%s"
              + "<title>%s</title></text>",
          s.colour(), dash, x, y - 4, x + 27, y, Html.escape(Html.shortened(s.name(), 17)),
          Html.escape(s.name())));
    }
    return svg.append("</svg>").toString();
  }

  private static String line(Series s, Axis xAxis, Axis yAxis, int left, int width, int top,
      int height) {
    int n = s.x().length;
    int step = Math.max(1, Math.ceilDiv(n, MOST_POINTS));
    StringBuilder path = new StringBuilder();
    boolean open = false;
    for (int i = 0; i < n; i += step) {
      if (!Double.isFinite(s.y()[i])) {
        open = false;
        continue;
      }
      path.append(String.format(Locale.ROOT, "%s%.1f %.1f", open ? "L" : "M",
          left + width * xAxis.share(s.x()[i]), top + height - height * yAxis.share(s.y()[i])));
      open = true;
    }
    return path.toString();
  }
}
