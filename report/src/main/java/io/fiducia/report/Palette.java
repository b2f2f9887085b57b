package io.fiducia.report;

import java.util.List;

/**
 * The colours of structures and series: Okabe and Ito's palette, which people of every colour vision
 * can tell apart. Nothing is shown by colour alone.
 */
final class Palette {
  private static final List<String> COLOURS = List.of("#E69F00", "#56B4E9", "#009E73", "#CC79A7",
      "#D55E00", "#0072B2", "#F0E442");

  private Palette() {}

  /** The colour of the structure at this position; after the seventh they come again. */
  static String colour(int index) {
    return COLOURS.get(index % COLOURS.size());
  }

  /** Whether lines of this position need dashes: its colour was used before. */
  static boolean dashed(int index) {
    return index / COLOURS.size() % 2 == 1;
  }
}
