package io.fiducia.report;

import java.util.Locale;

/** Makes text safe inside HTML, and numbers readable. */
final class Html {
  /** What stands where a value does not exist. */
  static final String MISSING = "–";

  private Html() {}

  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /** A number with so many decimals and a true minus sign; a dash if it does not exist. */
  static String number(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return MISSING;
    }
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    // Not "-0.0", which would claim a direction that rounding took away.
    return text.matches("-[0.]+") ? text.substring(1) : text.replace('-', '−');
  }

  /** A share as a percentage with its sign. */
  static String signedPercent(double share) {
    if (!Double.isFinite(share)) {
      return MISSING;
    }
    String text = number(100 * share, 1);
    return (text.startsWith("−") || text.equals("0.0") ? "" : "+") + text + " %";
  }

  /** Seconds as people say them: 4.2 s, 3 min 20 s, 1 h 5 min. */
  static String duration(double seconds) {
    if (seconds < 59.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long s = Math.round(seconds);
    return s < 3600
        ? s / 60 + " min " + s % 60 + " s"
        : s / 3600 + " h " + s % 3600 / 60 + " min";
  }

  /** Text cut to so many characters, for places of fixed width. */
  static String shortened(String text, int characters) {
    return text.length() <= characters ? text : text.substring(0, characters - 1) + "…";
  }
}
