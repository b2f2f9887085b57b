package io.fiducia.learn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Expected numbers follow from the definition: progress is the share of the usable time. */
class PaceTest {
  @Test
  void epochsAreCountedWhateverTheClockSays() {
    Pace pace = new Pace.Epochs(4);
    Pace.Epoch e = pace.next(2, 0, 250, 1e9, 1);
    assertThat(e.iterations()).isEqualTo(250);
    assertThat(e.progressAt(0)).isEqualTo(0.5);
    assertThat(e.progressAt(249)).isEqualTo(0.5);
    assertThat(pace.next(4, 0, 250, 0, 1).iterations()).isZero();
  }

  @Test
  void aBudgetEndsInTime() {
    Pace pace = new Pace.Budget(100);
    // 7.3 s per epoch of 50 steps: simulated until the pace says that it is over.
    double elapsed = 0;
    int epoch = 0;
    double lastProgress = 0;
    while (true) {
      Pace.Epoch e = pace.next(epoch, 0, 50, elapsed, 7.3);
      if (e.iterations() == 0) {
        break;
      }
      assertThat(e.startProgress()).isGreaterThanOrEqualTo(lastProgress - 1e-9);
      lastProgress = e.endProgress();
      elapsed += 7.3 * e.iterations() / 50;
      epoch++;
    }
    assertThat(elapsed).isLessThanOrEqualTo(100);
    assertThat(elapsed).isGreaterThan(96);
    assertThat(lastProgress).isEqualTo(1);
  }

  @Test
  void anEpochThatWasInterruptedGoesOnWhereItStood() {
    Pace pace = new Pace.Budget(1000);
    Pace.Epoch e = pace.next(3, 30, 50, 490, 98);
    assertThat(e.iterations()).isEqualTo(50);
    assertThat(e.progressAt(30)).isCloseTo(0.5, within(1e-9));
    // The 20 steps left take 39.2 of 980 usable seconds.
    assertThat(e.progressAt(50)).isCloseTo(0.54, within(1e-9));
  }

  @Test
  void stepsTakenBeforeAnInterruptionGetTheirValidationWhenTimeIsUp() {
    Pace pace = new Pace.Budget(100);
    assertThat(pace.next(3, 20, 50, 99, 10)).isEqualTo(new Pace.Epoch(20, 20, 1, 1));
    assertThat(pace.next(3, 0, 50, 99, 10).iterations()).isZero();
  }
}
