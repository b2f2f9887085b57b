package io.fiducia.universeg.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Squares of 20 mm in slices of 50 mm; expected values are the rule of succession's. */
class LabelPriorTest {
  private static final int SIDE = 64;
  private static final int MIDDLE = SIDE / 2 * SIDE + SIDE / 2;

  private static LabelPrior prior(int cases) {
    List<StructureStack> stacks = Collections.nCopies(cases, BlockCase.stack("a"));
    return new LabelPrior(stacks,
        new SliceView(SlicePlane.AXIAL, new Vec3(29.5, 29.5, 9.5), 50, SIDE, 10, 1), 20);
  }

  @Test
  void countsTheCasesThatHaveAPixelInside() {
    for (int cases : new int[]{1, 2, 10}) {
      float[] logits = prior(cases).logits(0.5);
      // All of n cases: (n + 1) / (n + 2); none: 1 / (n + 2). Half of the log odds is added.
      double expected = 0.5 * Math.log(cases + 1);
      assertThat(logits[MIDDLE]).isCloseTo((float) expected, within(1e-5f));
      assertThat(logits[0]).isCloseTo((float) -expected, within(1e-5f));
    }
  }

  @Test
  void isUndecidedOnTheContour() {
    float[] logits = prior(4).logits(0.5);
    // The right side of the square lies 10 mm from the middle, between two pixels.
    int row = SIDE / 2 * SIDE;
    int inside = row + (int) Math.floor(SIDE / 2.0 - 0.5 + 10 * SIDE / 50.0);
    assertThat(logits[inside]).isPositive();
    assertThat(logits[inside + 1]).isNegative();
    assertThat(logits[inside]).isLessThan(0.5f * logits[MIDDLE]);
    // The square is as high as it is wide: rows and columns are smoothed alike.
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        assertThat(logits[y * SIDE + x]).isCloseTo(logits[x * SIDE + y], within(1e-5f));
      }
    }
  }

  @Test
  void expectsNothingBeyondTheEnds() {
    for (double level : new double[]{-0.01, 1.01}) {
      for (float logit : prior(4).logits(level)) {
        assertThat(logit).isCloseTo((float) (-0.5 * Math.log(5)), within(1e-5f));
      }
    }
  }
}
