package io.fiducia.universeg.train;

import io.fiducia.learn.picture.Picture;
import java.util.List;

/**
 * Episodes of one size as a network reads them, row by row.
 *
 * @param episodes their number
 * @param support slices of each
 * @param pixels along each side
 * @param targets (episodes, 1, y, x)
 * @param truth (episodes, 1, y, x)
 * @param examples (episodes · support, 2, y, x): image and label
 */
record EpisodeBatch(int episodes, int support, int pixels, float[] targets, float[] truth,
    float[] examples) {
  /** Copies episodes, at least one. */
  static EpisodeBatch of(List<Episode> episodes) {
    int support = episodes.getFirst().support().size();
    int pixels = episodes.getFirst().query().side();
    int plane = pixels * pixels;
    float[] targets = new float[episodes.size() * plane];
    float[] truth = new float[episodes.size() * plane];
    float[] examples = new float[episodes.size() * support * 2 * plane];
    for (int e = 0; e < episodes.size(); e++) {
      Episode episode = episodes.get(e);
      System.arraycopy(episode.query().image(), 0, targets, e * plane, plane);
      System.arraycopy(episode.query().label(), 0, truth, e * plane, plane);
      for (int s = 0; s < support; s++) {
        Picture example = episode.support().get(s);
        int at = (e * support + s) * 2 * plane;
        System.arraycopy(example.image(), 0, examples, at, plane);
        System.arraycopy(example.label(), 0, examples, at + plane, plane);
      }
    }
    return new EpisodeBatch(episodes.size(), support, pixels, targets, truth, examples);
  }
}
