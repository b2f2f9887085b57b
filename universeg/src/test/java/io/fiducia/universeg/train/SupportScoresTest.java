package io.fiducia.universeg.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.learn.picture.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;

class SupportScoresTest {
  private static Picture picture(float... label) {
    return new Picture(2, new float[4], label);
  }

  @Test
  void theMajorityIsWhatMoreThanHalfOfTheLabelsContain() {
    EpisodeBatch batch = EpisodeBatch.of(List.of(
        new Episode(picture(1, 1, 0, 0),
            List.of(picture(1, 1, 0, 0), picture(1, 0, 0, 0), picture(1, 1, 1, 0))),
        new Episode(picture(0, 0, 0, 0),
            List.of(picture(0, 0, 0, 1), picture(0, 0, 0, 0), picture(0, 0, 0, 0)))));
    float[] votes = SupportScores.majority(batch);
    boolean[] inside = new boolean[votes.length];
    for (int i = 0; i < votes.length; i++) {
      inside[i] = votes[i] > 0;
    }
    assertThat(inside).containsExactly(true, true, false, false, false, false, false, false);
    // Dice 2·2 / (2 + 2); an empty answer to an empty slice is right.
    assertThat(OverlapMeter.dice(votes, batch)).containsExactly(1.0, 1.0);
  }

  @Test
  void diceIsTwiceTheOverlapOverBothAreas() {
    EpisodeBatch batch = EpisodeBatch.of(List.of(
        new Episode(picture(1, 1, 1, 0), List.of(picture(1, 0, 0, 0))),
        new Episode(picture(0, 0, 0, 0), List.of(picture(1, 0, 0, 0)))));
    assertThat(OverlapMeter.dice(new float[]{1, -1, -1, -1, 1, -1, -1, -1}, batch))
        .containsExactly(0.5, 0.0);
  }
}
