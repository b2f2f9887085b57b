package io.fiducia.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected boxes: a search over all voxels. */
class LabelBoxesTest {
  @Test
  void boxesAndCountsAgreeWithASearch() {
    SeededRandom random = SeededRandom.of(5, "label boxes");
    Size size = new Size(11, 9, 130);
    short[] data = new short[size.voxels()];
    for (int i = 0; i < 60; i++) {
      int at = (int) (random.nextDouble() * data.length);
      data[at] = (short) (random.nextDouble() * 9 - 1);
    }
    data[0] = -1;
    LabelBoxes boxes = LabelBoxes.of(
        new LabelVolume(Geometry.of(size, new Vec3(1, 1, 1)), data));
    for (int label = 1; label <= 8; label++) {
      int[] low = {99, 999, 999};
      int[] high = {-1, -1, -1};
      int n = 0;
      for (int k = 0; k < size.z(); k++) {
        for (int j = 0; j < size.y(); j++) {
          for (int i = 0; i < size.x(); i++) {
            if (data[size.index(i, j, k)] == label) {
              int[] p = {i, j, k};
              for (int a = 0; a < 3; a++) {
                low[a] = Math.min(low[a], p[a]);
                high[a] = Math.max(high[a], p[a] + 1);
              }
              n++;
            }
          }
        }
      }
      assertThat(boxes.count(label)).isEqualTo(n);
      if (n == 0) {
        assertThat(boxes.box(label)).isEmpty();
      } else {
        assertThat(boxes.box(label)).contains(
            Region.between(low[0], low[1], low[2], high[0], high[1], high[2]));
      }
    }
    assertThat(boxes.count(0)).isZero();
    assertThat(boxes.count(99)).isZero();
    assertThat(boxes.box(-1)).isEmpty();
    assertThat(boxes.box(List.of(3, 99, 4)))
        .contains(boxes.box(3).orElseThrow().union(boxes.box(4).orElseThrow()));
    assertThat(boxes.foreground()).contains(boxes.box(List.of(1, 2, 3, 4, 5, 6, 7, 8))
        .orElseThrow());
  }

  @Test
  void anEmptyMapHasNoBoxes() {
    LabelBoxes boxes = LabelBoxes.of(new short[6], new Size(1, 2, 3));
    assertThat(boxes.maxLabel()).isZero();
    assertThat(boxes.foreground()).isEmpty();
    assertThat(boxes.box(List.of())).isEmpty();
  }
}
