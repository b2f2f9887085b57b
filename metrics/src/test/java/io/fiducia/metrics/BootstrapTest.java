package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BootstrapTest {
  @Test
  void agreesWithScipysBcaInterval() {
    double[] x = {.91, .85, .77, .88, .93, .62, .89, .90, .84, .80};
    Bootstrap.Interval i = Bootstrap.mean(x, 100_000, 1);
    // scipy 1.x stats.bootstrap(method="BCa", n_resamples=200000): 0.762 to 0.879.
    assertThat(i.mean()).isCloseTo(0.839, within(1e-12));
    assertThat(i.low()).isCloseTo(0.762, within(0.002));
    assertThat(i.high()).isCloseTo(0.879, within(0.002));
    assertThat(i.n()).isEqualTo(10);
  }

  @Test
  void missingValuesDoNotCount() {
    Bootstrap.Interval i = Bootstrap.mean(new double[]{0.5, Double.NaN}, 1000, 0);
    assertThat(i).isEqualTo(new Bootstrap.Interval(0.5, 0.5, 0.5, 1));
    assertThat(Bootstrap.mean(new double[0], 1000, 0).mean()).isNaN();
  }
}
