package io.fiducia.promptable.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScribblePointsTest {
  private static final int COLUMNS = 50;

  private static boolean[] line(int from, int to, int row) {
    boolean[] drawn = new boolean[COLUMNS * 20];
    for (int x = from; x <= to; x++) {
      drawn[row * COLUMNS + x] = true;
    }
    return drawn;
  }

  /** Farthest points of 33 voxels in a row: the middle, the ends, the quarters, the eighths in between. */
  @Test
  void aLineIsSampledEvenly() {
    List<Integer> points = ScribblePoints.of(line(8, 40, 3), COLUMNS);
    assertThat(points).hasSize(ScribblePoints.MOST).allMatch(p -> p / COLUMNS == 3);
    List<Integer> columns = points.stream().map(p -> p % COLUMNS).toList();
    assertThat(columns.subList(0, 5)).startsWith(24).contains(8, 40, 16, 32);
    List<Integer> sorted = columns.stream().sorted().toList();
    for (int i = 1; i < sorted.size(); i++) {
      assertThat(sorted.get(i) - sorted.get(i - 1)).isBetween(2, 5);
    }
  }

  @Test
  void aShortScribbleIsTakenWhole() {
    assertThat(ScribblePoints.of(line(3, 6, 2), COLUMNS)).containsExactlyInAnyOrder(103, 104, 105,
        106);
    assertThat(ScribblePoints.of(new boolean[40], 10)).isEmpty();
  }
}
