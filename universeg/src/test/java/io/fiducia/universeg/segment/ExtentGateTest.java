package io.fiducia.universeg.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtentGateTest {
  /** Probabilities of squares of so many pixels along a side, slice by slice. */
  private static StackProbabilities found(int... sides) {
    SliceView view = new SliceView(SlicePlane.AXIAL, new Vec3(29.5, 29.5, 9.5), 50, 128,
        sides.length,
        1);
    float[] mean = new float[128 * 128 * sides.length];
    for (int k = 0; k < sides.length; k++) {
      for (int y = 0; y < sides[k]; y++) {
        for (int x = 0; x < sides[k]; x++) {
          mean[(k * 128 + y + 20) * 128 + x + 20] = 1;
        }
      }
    }
    return new StackProbabilities(view, mean, new float[mean.length], 0);
  }

  private static void assertKept(StackProbabilities p, boolean... kept) {
    ExtentGate.apply(p, new BoxMm(new Vec3(19.5, 19.5, 4.5), new Vec3(39.5, 39.5, 14.5)),
        List.of(BlockCase.stack("a")));
    for (int k = 0; k < kept.length; k++) {
      assertThat(p.areaMm2(k) > 0).as("slice " + k).isEqualTo(kept[k]);
    }
  }

  @Test
  void keepsTheRunThatHoldsMost() {
    // The support's area is 400 mm2, 51 pixels along a side; specks and a second run are emptied.
    assertKept(found(3, 0, 50, 50, 48, 51, 0, 0, 30, 2), false, false, true, true, true, true,
        false, false, false, false);
  }

  @Test
  void fillsNoGapButKeepsWhatLiesBehindOne() {
    assertKept(found(0, 50, 50, 0, 50, 50, 4, 0), false, true, true, false, true, true, false,
        false);
  }

  @Test
  void findsNothingInNothing() {
    assertKept(found(0, 2, 0), false, false, false);
  }

  @Test
  void supportSlicesKnowTheirLevels() {
    StructureStack stack = BlockCase.stack("a");
    assertThat(stack.level(stack.nearest(0.5))).isBetween(0.47, 0.53);
    assertThat(stack.level(0)).isLessThan(0);
    assertThat(stack.areaMm2(stack.nearest(0.5))).isBetween(390.0, 410.0);
    assertThat(stack.areaMm2(0)).isZero();
  }
}
