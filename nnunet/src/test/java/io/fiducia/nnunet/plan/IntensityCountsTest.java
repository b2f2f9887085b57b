package io.fiducia.nnunet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Percentiles of numpy 2.4.6; mean and deviation by hand. */
class IntensityCountsTest {
  @Test
  void negativeAndRepeatedValuesAreOrderedAcrossTables() {
    IntensityCounts counts = new IntensityCounts();
    counts.add(new float[]{3, -1, 7}, new int[]{1, 2, 0});
    counts.add(new float[]{-2.5f, 3}, new int[]{1, 1});
    counts.add(new float[0], new int[0]);
    // The values -2.5, -1, -1, 3, 3.
    IntensityProperties p = counts.properties();
    assertThat(p.min()).isEqualTo(-2.5);
    assertThat(p.max()).isEqualTo(3);
    assertThat(p.median()).isEqualTo(-1);
    assertThat(p.percentile005()).isEqualTo(-2.47);
    assertThat(p.percentile995()).isEqualTo(3);
    assertThat(p.mean()).isEqualTo(0.3);
    assertThat(p.std()).isEqualTo(Math.sqrt((7.84 + 2 * 1.69 + 2 * 7.29) / 5));
  }
}
