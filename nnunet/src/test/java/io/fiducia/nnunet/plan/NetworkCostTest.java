package io.fiducia.nnunet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected feature map sizes were computed by nnU-Net's own networks. */
class NetworkCostTest {
  private static final List<Integer> CUBE = List.of(128, 128, 128);

  private static Architecture architecture(String name, List<Integer> blocks, int convs) {
    Topology t = Topology.of(new double[]{1, 1, 1}, new int[]{128, 128, 128}, 4);
    return new Architecture(name, List.of(32, 64, 128, 256, 320, 320), t.kernelSizes(),
        t.strides(), blocks, Collections.nCopies(5, convs), true);
  }

  @Test
  void aPlainNetworkCostsWhatUpstreamCounts() {
    Architecture plain = architecture(PlansJson.PLAIN, Collections.nCopies(6, 2), 2);
    assertThat(NetworkCost.of(plain, CUBE, 1, 25).featureMapElements()).isEqualTo(498_933_760L);
    assertThat(NetworkCost.of(plain, CUBE, 1, 3).featureMapElements()).isEqualTo(452_796_416L);
  }

  @Test
  void aResidualNetworkCostsWhatUpstreamCounts() {
    Architecture residual = architecture(PlansJson.RESIDUAL, List.of(1, 3, 4, 6, 6, 6), 1);
    assertThat(NetworkCost.of(residual, CUBE, 1, 25).featureMapElements())
        .isEqualTo(603_557_888L);
  }

  @Test
  void multiplicationsOfASmallNetworkFollowFromItsLayers() {
    Architecture a = new Architecture(PlansJson.PLAIN, List.of(2, 3),
        List.of(List.of(3, 3), List.of(3, 3)), List.of(List.of(1, 1), List.of(2, 2)),
        List.of(1, 1), List.of(1), true);
    // 1 to 2 channels on 64 pixels, 2 to 3 on 16, up 3 to 2, (2 + 2) to 2, 2 to 5 outputs.
    long expected = 64 * 9 * 2 + 16 * 9 * 6 + 64 * 6 + 64 * 9 * 8 + 64 * 10;
    assertThat(NetworkCost.of(a, List.of(8, 8), 1, 5).multiplyAdds()).isEqualTo(expected);
  }
}
