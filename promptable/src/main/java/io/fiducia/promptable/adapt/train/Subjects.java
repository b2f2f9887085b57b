package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;
import java.util.List;

/** Where the structures that a promptable model learns to segment come from. */
@FunctionalInterface
interface Subjects {
  /**
   * Draws structures in one picture; they follow from the random generator alone.
   *
   * @param most number of structures, of which there may be fewer
   * @return at least one
   */
  List<Subject> draw(SeededRandom random, int most);
}
