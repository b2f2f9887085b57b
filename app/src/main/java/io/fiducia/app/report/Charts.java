package io.fiducia.app.report;

import io.fiducia.metrics.stats.Bootstrap;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Small plots as SVG text; told apart by shape and position as well as by colour. */
final class Charts {
  private Charts() {}

  /** A line of a chart: points with x and y; NaN breaks the line. */
  record Series(String name, String colour, boolean dashed, double[] x, double[] y) {}

  /** One row of a strip chart. */
  record Strip(String name, String colour, double[] values, Bootstrap.Interval mean) {}

  /** Every value as a dot, quartiles as a box, the mean with its interval below, scale 0 to 1. */
  static String strips(List<Strip> rows) {
    int rowHeight = 46;
    int left = 150;
    int plot = 520;
    int height = rows.size() * rowHeight + 40;
    StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Dice of every case\">",
        left + plot + 20, height));
    for (int tick = 0; tick <= 10; tick += 2) {
      double x = left + plot * tick / 10.0;
      svg.append(String.format(Locale.ROOT,
          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"5\" y2=\"%d\"/>"
              + "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.1f</text>",
          x, x, height - 30, x, height - 12, tick / 10.0));
    }
    for (int i = 0; i < rows.size(); i++) {
      Strip s = rows.get(i);
      double y = 20 + i * rowHeight;
      svg.append(
          String.format(Locale.ROOT, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              left - 10, y + 8, Html.escape(s.name())));
      double[] v = Arrays.stream(s.values()).filter(Double::isFinite).sorted().toArray();
      if (v.length == 0) {
        svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%.1f\">no value</text>", left + 5,
            y + 8));
        continue;
      }
      double q1 = left + plot * quantile(v, 0.25);
      double q2 = left + plot * quantile(v, 0.5);
      double q3 = left + plot * quantile(v, 0.75);
      svg.append(String.format(Locale.ROOT,
          "<rect class=\"box\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"16\"/>"
              + "<line class=\"median\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
          q1, y - 5, Math.max(1, q3 - q1), q2, q2, y - 5, y + 11));
      for (int k = 0; k < v.length; k++) {
        // A fixed pattern of heights keeps equal values apart without chance in a report.
        svg.append(String.format(Locale.ROOT,
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\" fill=\"%s\" fill-opacity=\"0.7\"/>",
            left + plot * v[k], y + 3 + (k * 7 % 5 - 2) * 2.4, s.colour()));
      }
      svg.append(String.format(Locale.ROOT,
          "<line class=\"ci\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
              + "<path class=\"mean\" d=\"M%.1f %.1fl4 4l-4 4l-4 -4z\"/>",
          left + plot * s.mean().low(), left + plot * s.mean().high(), y + 20, y + 20,
          left + plot * s.mean().mean(), y + 16));
    }
    return svg.append("</svg>").toString();
  }

  /** Lines over a common x axis, the y axis between two bounds. */
  static String lines(String label, String xLabel, double yLow, double yHigh, List<Series> series) {
    int left = 50;
    int width = 460;
    int top = 14;
    int height = 190;
    double xMax = series.stream().flatMapToDouble(s -> Arrays.stream(s.x())).max().orElse(1);
    StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
        left + width + 20,
        top + height + 62, Html.escape(label)));
    for (int t = 0; t <= 4; t++) {
      double y = top + height - height * t / 4.0;
      svg.append(String.format(Locale.ROOT,
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
              + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>",
          left, left + width, y, y, left - 6, y + 4, yLow + (yHigh - yLow) * t / 4));
      double x = left + width * t / 4.0;
      svg.append(String.format(Locale.ROOT,
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>", x, top + height + 16,
          xMax * t / 4));
    }
    svg.append(String.format("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        left + width / 2, top + height + 34, Html.escape(xLabel)));
    int legend = left;
    for (Series s : series) {
      StringBuilder path = new StringBuilder();
      boolean open = false;
      for (int i = 0; i < s.x().length; i++) {
        if (!Double.isFinite(s.y()[i])) {
          open = false;
          continue;
        }
        double x = left + width * (xMax == 0 ? 0 : s.x()[i] / xMax);
        double y = top + height
            - height * (yHigh > yLow ? Math.clamp((s.y()[i] - yLow) / (yHigh - yLow), 0, 1) : 0);
        path.append(String.format(Locale.ROOT, "%s%.1f %.1f", open ? "L" : "M", x, y));
        open = true;
      }
      String dash = s.dashed() ? " stroke-dasharray=\"5 3\"" : "";
      svg.append(String.format("<path class=\"line\" stroke=\"%s\"%s d=\"%s\"/>", s.colour(), dash,
          path));
      int y = top + height + 52;
      svg.append(String.format(
          "<path class=\"line\" stroke=\"%s\"%s d=\"M%d %dh22\"/><text x=\"%d\" y=\"%d\">%s</text>",
          s.colour(), dash, legend, y - 4, legend + 27, y, Html.escape(s.name())));
      legend += 45 + 7 * s.name().length();
    }
    return svg.append("</svg>").toString();
  }

  static double quantile(double[] sorted, double p) {
    double position = p * (sorted.length - 1);
    int i = (int) position;
    return i + 1 >= sorted.length
        ? sorted[sorted.length - 1]
        : sorted[i] + (position - i) * (sorted[i + 1] - sorted[i]);
  }
}
