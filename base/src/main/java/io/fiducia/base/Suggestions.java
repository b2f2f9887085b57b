package io.fiducia.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what a mistyped word may have meant. */
public final class Suggestions {
  private Suggestions() {}

  /** The known word nearest to the given one, if it is near enough to be meant. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    String wanted = word.toLowerCase(Locale.ROOT);
    int limit = Math.max(1, wanted.length() / 3);
    return known.stream()
        .min(
            Comparator.<String>comparingInt(k -> distance(wanted, k.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .filter(k -> distance(wanted, k.toLowerCase(Locale.ROOT)) <= limit);
  }

  /** Optimal string alignment: insert, delete, change, and swap of two neighbours cost one each. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
