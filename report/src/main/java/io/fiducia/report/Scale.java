package io.fiducia.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A linear axis from values to pixels, with round ticks. */
record Scale(double low, double high, double from, double to) {
  /** An axis that holds all finite values, with some space at both ends. */
  static Scale holding(double[] values, double from, double to) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double v : values) {
      if (Double.isFinite(v)) {
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    }
    if (low > high) {
      low = 0;
      high = 0;
    }
    double room = high > low ? 0.06 * (high - low) : Math.max(0.05 * Math.abs(high), 0.01);
    return new Scale(low - room, high + room, from, to);
  }

  /** The place of a value, kept on the axis. */
  double at(double value) {
    return from + (to - from) * Math.clamp((value - low) / (high - low), 0, 1);
  }

  private double step(int wanted) {
    double rough = (high - low) / wanted;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double lead = rough / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
  }

  /** About so many round values on the axis. */
  List<Double> ticks(int wanted) {
    double step = step(wanted);
    List<Double> ticks = new ArrayList<>();
    for (long k = (long) Math.ceil(low / step); k * step <= high; k++) {
      ticks.add(k * step);
    }
    return ticks;
  }

  /** A tick's text, with the digits that its step needs. */
  String label(double tick, int wanted) {
    int digits = (int) Math.max(0, -Math.floor(Math.log10(step(wanted)) + 1e-9));
    String text = String.format(Locale.ROOT, "%." + digits + "f", tick);
    return text.matches("-0(\\.0*)?") ? text.substring(1) : text.replace('-', '−');
  }
}
