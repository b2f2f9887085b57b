package io.fiducia.metrics.stats;

import io.fiducia.metrics.EvaluationWriter;
import java.util.Locale;

/** Figures as people read them: digits by unit, a dash for what does not exist. */
public final class Figures {
  private Figures() {}

  /** A value of a metric: three digits for shares, two for millimetres, one for volumes. */
  public static String value(String metric, double v) {
    return Double.isFinite(v)
        ? plain(String.format(Locale.ROOT, "%." + digits(metric) + "f", v))
        : "–";
  }

  /** A difference, with its sign. */
  public static String signed(String metric, double v) {
    return Double.isFinite(v)
        ? plain(String.format(Locale.ROOT, "%+." + digits(metric) + "f", v))
        : "–";
  }

  /** {@code 0.81 to 0.90}; {@code at least} or {@code at most} where one end is infinite. */
  public static String range(String metric, double low, double high) {
    if (Double.isInfinite(low)) {
      return "at most " + value(metric, high);
    }
    return Double.isInfinite(high)
        ? "at least " + value(metric, low)
        : Double.isNaN(low) ? "–" : value(metric, low) + " to " + value(metric, high);
  }

  /** The metric's unit with a space before it; empty for shares. */
  public static String unit(String metric) {
    String unit = EvaluationWriter.unit(metric);
    return unit.isEmpty() ? "" : " " + unit.replace("cm3", "cm³");
  }

  /** {@code 0.012}, {@code < 0.001}, {@code > 0.999}. */
  public static String p(double p) {
    if (Double.isNaN(p)) {
      return "–";
    }
    return p < 0.001
        ? "< 0.001"
        : p > 0.999 && p < 1
            ? "> 0.999"
            : String.format(Locale.ROOT, p < 0.2 ? "%.3f" : "%.2f", p);
  }

  /** {@code p = 0.012} or {@code p < 0.001}. */
  public static String pEquals(double p) {
    String text = p(p);
    return text.startsWith("<") || text.startsWith(">") ? "p " + text : "p = " + text;
  }

  /** Zero without a sign, which would claim a direction that rounding took away. */
  private static String plain(String number) {
    return number.matches("[-+]0(\\.0*)?") ? number.substring(1) : number;
  }

  private static int digits(String metric) {
    return switch (EvaluationWriter.unit(metric)) {
      case "" -> 3;
      case "mm" -> 2;
      case "voxels" -> 0;
      default -> 1;
    };
  }
}
