package io.fiducia.universeg.train;

import io.fiducia.learn.picture.Picture;
import java.util.List;

/**
 * One question to a network, and its answer.
 *
 * @param query the slice to segment, and the right label
 * @param support the slices that show what to look for
 */
record Episode(Picture query, List<Picture> support) {
  Episode {
    support = List.copyOf(support);
  }
}
