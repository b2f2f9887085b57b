package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;

/** Where the structures that a promptable model learns to segment come from. */
@FunctionalInterface
interface Subjects {
  /** Draws a structure in a picture; it follows from the random generator alone. */
  Subject draw(SeededRandom random);
}
