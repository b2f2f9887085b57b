package io.fiducia.universeg.score;

import io.fiducia.core.ContouredCase;

/**
 * A case to learn from or to be scored on.
 *
 * @param contoured images and contours
 * @param imageHash of the images' content: cases with the same one show the same patient
 * @param hash of images and contours: a result is kept as long as it stays the same
 */
public record ScoreCase(ContouredCase contoured, String imageHash, String hash) {
  /** Pseudonym of the case. */
  public String id() {
    return contoured.id();
  }
}
