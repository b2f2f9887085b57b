package io.fiducia.universeg.train;

import io.fiducia.base.SeededRandom;

/** A source of episodes. An episode follows from the random generator and the size alone. */
@FunctionalInterface
interface EpisodeKind {
  /**
   * Draws an episode.
   *
   * @param size support slices and pixels
   */
  Episode draw(SeededRandom random, EpisodeSize size);

  /**
   * How large episodes are.
   *
   * @param support number of support slices
   * @param pixels along each side of a slice
   */
  record EpisodeSize(int support, int pixels) {}
}
