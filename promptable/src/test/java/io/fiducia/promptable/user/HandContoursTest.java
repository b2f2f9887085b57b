package io.fiducia.promptable.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.testing.Bodies;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import org.junit.jupiter.api.Test;

class HandContoursTest {
  private static final SliceAxes AXES = SliceAxes.of(Bodies.grid(), SlicePlane.AXIAL);
  private static final boolean[] BALL = Bodies.mask(Bodies.grid(), Bodies::ball);

  /** Slices 8 to 16: the largest, the ends, then the middles of the gaps. */
  @Test
  void slicesAreContouredFromTheLargestToTheGaps() {
    HandContours hand = new HandContours(BALL, AXES, "case1");
    assertThat(hand.slices()).isEqualTo(9);
    assertThat(Bodies.differences(hand.after(1),
        Bodies.mask(Bodies.grid(), (i, j, k) -> k == 12 && Bodies.ball(i, j, k)))).isZero();
    boolean[] two = hand.after(2);
    assertThat(SliceMask.area(AXES.cut(two, 8))).isPositive();
    assertThat(SliceMask.area(AXES.cut(two, 13))).isZero();
    assertThat(SliceMask.area(AXES.cut(hand.after(3), 16))).isPositive();
    assertThat(Bodies.differences(hand.after(9), BALL)).isZero();
    assertThat(Bodies.differences(hand.after(50), BALL)).isZero();
    int before = Bodies.differences(hand.after(3), BALL);
    for (int n = 4; n < 9; n++) {
      int now = Bodies.differences(hand.after(n), BALL);
      assertThat(now).isLessThanOrEqualTo(before);
      before = now;
    }
  }

  @Test
  void aStructureOfOneSliceIsContouredOnce() {
    HandContours hand = new HandContours(
        Bodies.mask(Bodies.grid(), (i, j, k) -> k == 12 && Bodies.ball(i, j, k)), AXES, "case1");
    assertThat(hand.slices()).isEqualTo(1);
  }

  @Test
  void anEmptyStructureIsRefused() {
    assertThatThrownBy(() -> new HandContours(new boolean[BALL.length], AXES, "case1"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("case1");
  }
}
