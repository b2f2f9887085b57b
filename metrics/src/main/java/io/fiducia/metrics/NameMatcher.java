package io.fiducia.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds a structure among others by its name where the two sides spell it differently: capitals,
 * separators and the place of the side do not matter ({@code Femur_L}, {@code femur left}, {@code
 * left_femur}), nor do known misspellings in copies of AAPM TG-263 (2018) and a few other names of the
 * very same organ. Names that are used with another extent (AnoRectum for Rectum, CTV for GTV) are
 * never matched.
 */
public final class NameMatcher {
  /** Other names, in canonical form, to the canonical form of TG-263's. */
  private static final Map<String, String> SYNONYMS = Map.ofEntries(
      Map.entry("sigmoid", "colonsigmoid"),
      Map.entry("sigmoidcolon", "colonsigmoid"),
      Map.entry("colondecending", "colondescending"),
      Map.entry("bowelbag", "bagbowel"),
      Map.entry("smallbowel", "bowelsmall"),
      Map.entry("largebowel", "bowellarge"),
      Map.entry("urinarybladder", "bladder"),
      Map.entry("femoralhead", "femurhead"),
      Map.entry("mandible", "bonemandible"),
      Map.entry("oesophagus", "esophagus"),
      Map.entry("parotidgland", "parotid"));

  private NameMatcher() {}

  /**
   * The one of the names that means the same structure: the very name if it is there, else the only
   * one of its canonical form; empty if there is none or more than one.
   */
  public static Optional<String> find(String wanted, Collection<String> names) {
    if (names.contains(wanted)) {
      return Optional.of(wanted);
    }
    String key = canonical(wanted);
    List<String> alike = names.stream().filter(n -> canonical(n).equals(key)).toList();
    return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
  }

  /** Whether two names mean the same structure. */
  public static boolean same(String a, String b) {
    return canonical(a).equals(canonical(b));
  }

  /** The form in which names of the same structure are equal. */
  static String canonical(String name) {
    List<String> words = new ArrayList<>();
    String side = "";
    for (String word : name.toLowerCase(Locale.ROOT).split("[_\\s.]+")) {
      switch (word) {
        case "l", "left", "lt" -> side = "_l";
        case "r", "right", "rt" -> side = "_r";
        default -> words.add(word);
      }
    }
    String joined = String.join("", words).replace("lnlliac", "lniliac");
    return SYNONYMS.getOrDefault(joined, joined) + side;
  }
}
