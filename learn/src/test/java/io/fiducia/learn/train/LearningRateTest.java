package io.fiducia.learn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Expected numbers follow from the definitions. */
class LearningRateTest {
  @Test
  void polyAndCosineFallFromTheHighestToZero() {
    LearningRate poly = new LearningRate(0.2, LearningRate.Decay.POLY, 0);
    assertThat(poly.at(0)).isEqualTo(0.2);
    assertThat(poly.at(0.75)).isCloseTo(0.2 * Math.pow(0.25, 0.9), within(1e-15));
    assertThat(poly.at(1)).isZero();
    LearningRate cosine = new LearningRate(0.2, LearningRate.Decay.COSINE, 0);
    assertThat(cosine.at(0)).isEqualTo(0.2);
    assertThat(cosine.at(1 / 3.0)).isCloseTo(0.15, within(1e-15));
    assertThat(cosine.at(1)).isZero();
  }

  @Test
  void itRisesInALineOverTheWarmUp() {
    LearningRate rate = new LearningRate(1, LearningRate.Decay.POLY, 0.1);
    assertThat(rate.at(0.05)).isCloseTo(0.5 * Math.pow(0.95, 0.9), within(1e-15));
    assertThat(rate.at(0.1)).isCloseTo(Math.pow(0.9, 0.9), within(1e-15));
    // Not zero at the start, or the first step would train nothing.
    assertThat(rate.at(0)).isCloseTo(0.02, within(1e-15));
  }

  @Test
  void progressOutsideOfTheTrainingCountsAsItsEnds() {
    LearningRate rate = new LearningRate(1, LearningRate.Decay.POLY, 0);
    assertThat(rate.at(-1)).isEqualTo(1);
    assertThat(rate.at(2)).isZero();
  }
}
