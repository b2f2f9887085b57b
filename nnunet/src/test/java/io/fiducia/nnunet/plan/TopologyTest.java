package io.fiducia.nnunet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The anisotropic case is an anchor of nnU-Net's planner (Prostate); the others follow by hand. */
class TopologyTest {
  @Test
  void coarseSlicesArePooledLater() {
    Topology t = Topology.of(new double[]{3.6, 0.625, 0.625}, new int[]{20, 320, 256}, 4);
    assertThat(t.strides()).containsExactly(List.of(1, 1, 1), List.of(1, 2, 2), List.of(1, 2, 2),
        List.of(2, 2, 2), List.of(2, 2, 2), List.of(1, 2, 2), List.of(1, 2, 2));
    assertThat(t.kernelSizes().subList(0, 3))
        .containsExactly(List.of(1, 3, 3), List.of(1, 3, 3), List.of(3, 3, 3));
    assertThat(t.patch()).containsExactly(20, 320, 256);
    assertThat(t.divisor()).containsExactly(4, 64, 64);
  }

  @Test
  void thePatchIsPaddedToWhatTheStridesDivide() {
    Topology t = Topology.of(new double[]{1, 1, 1}, new double[]{36.5, 50, 35}, 4,
        Integer.MAX_VALUE);
    assertThat(t.patchSize()).containsExactly(40, 56, 40);
  }

  @Test
  void stagesCanBeLimited() {
    Topology t = Topology.of(new double[]{1, 1, 1}, new int[]{128, 128, 128}, 4, 3);
    assertThat(t.stages()).isEqualTo(3);
    assertThat(t.kernelSizes()).hasSize(3);
    assertThat(t.divisor()).containsExactly(4, 4, 4);
  }

  @Test
  void aLoneAxisIsPooledOnlyWhileItIsLong() {
    assertThat(Topology.of(new double[]{1, 1}, new int[]{4, 11}, 4).stages()).isEqualTo(1);
    assertThat(Topology.of(new double[]{1, 1}, new int[]{4, 12}, 4).strides())
        .containsExactly(List.of(1, 1), List.of(1, 2));
  }
}
