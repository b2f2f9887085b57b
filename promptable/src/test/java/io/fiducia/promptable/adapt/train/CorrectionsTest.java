package io.fiducia.promptable.adapt.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import io.fiducia.promptable.sam.network.SamPrompts;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CorrectionsTest {
  private static final int SIDE = 8;
  private static final int SCALE = 4;

  private static float[] filled(float inside, float outside, int x0, int x1) {
    float[] out = new float[SIDE * SIDE];
    for (int i = 0; i < out.length; i++) {
      out[i] = i % SIDE >= x0 && i % SIDE <= x1 ? inside : outside;
    }
    return out;
  }

  private static float[] joined(float[] a, float[] b) {
    float[] out = new float[a.length + b.length];
    System.arraycopy(a, 0, out, 0, a.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }

  /** The first answer misses columns 4 and 5; the second has columns 0 and 1 too much. */
  @Test
  void pointsLieWhereTheAnswerIsWrong() {
    float[] truth = joined(filled(1, 0, 2, 5), filled(1, 0, 2, 5));
    float[] logits = joined(filled(3, -3, 2, 3), filled(3, -3, 0, 5));
    SamPrompts before = new SamPrompts(2, new float[]{9, 10, 11, 12}, new int[]{1, 0}, new float[0],
        Optional.empty());
    boolean[] columns = new boolean[SIDE];
    for (int i = 0; i < 100; i++) {
      SamPrompts after = new Corrections(SIDE, SCALE).corrected(before, logits, truth,
          SeededRandom.of(i, "test"));
      assertThat(after.labels()).containsExactly(1, 1, 0, 0);
      assertThat(after.points()[0]).isEqualTo(9);
      assertThat(after.points()[1]).isEqualTo(10);
      assertThat(after.points()[4]).isEqualTo(11);
      assertThat(after.points()[5]).isEqualTo(12);
      columns[(int) (after.points()[2] / SCALE)] = true;
      columns[(int) (after.points()[6] / SCALE)] = true;
    }
    assertThat(columns).containsExactly(true, true, false, false, true, true, false, false);
  }

  @Test
  void aRightAnswerGetsAPointInTheStructure() {
    float[] truth = filled(1, 0, 2, 5);
    SamPrompts before = SamPrompts.boxes(new float[]{8, 0, 24, 32});
    SamPrompts after = new Corrections(SIDE, SCALE).corrected(before, filled(3, -3, 2, 5), truth,
        SeededRandom.of(1, "test"));
    assertThat(after.labels()).containsExactly(1);
    assertThat(after.points()[0]).isBetween(8f, 24f);
    assertThat(after.boxes()).isEqualTo(before.boxes());
  }

  /** A structure that fills no pixel of the mask by half still gets its point. */
  @Test
  void aThinStructureGetsAPointWhereItFillsMost() {
    float[] truth = new float[SIDE * SIDE];
    truth[3 * SIDE + 5] = 0.3f;
    truth[4 * SIDE + 5] = 0.2f;
    SamPrompts after = new Corrections(SIDE, SCALE).corrected(
        SamPrompts.boxes(new float[]{20, 12, 24, 20}), filled(-3, -3, 0, 0), truth,
        SeededRandom.of(1, "test"));
    assertThat(after.points()).containsExactly(22, 14);
    assertThat(after.labels()).containsExactly(1);
  }
}
