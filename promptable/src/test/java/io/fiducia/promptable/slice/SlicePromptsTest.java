package io.fiducia.promptable.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.slice.SlicePrompts.Point;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlicePromptsTest {
  private static void assertRefused(SlicePrompts prompts, String... parts) {
    assertThatThrownBy(() -> prompts.check(40, 30)).isInstanceOfSatisfying(FiduciaException.class,
        e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT))
        .hasMessageContainingAll(parts);
  }

  private static SlicePrompts box(double x0, double y0, double x1, double y1) {
    return SlicePrompts.box(new PixelBox(x0, y0, x1, y1));
  }

  @Test
  void takesPromptsOnTheBorder() {
    box(0, 0, 39, 29).check(40, 30);
    SlicePrompts.points(List.of(new Point(39, 29, true), new Point(0, 0, false))).check(40, 30);
    // The same point twice says nothing new, and nothing wrong.
    SlicePrompts.points(List.of(new Point(3, 4, true), new Point(3, 4, true))).check(40, 30);
  }

  @Test
  void namesPromptsThatMakeNoSense() {
    assertRefused(SlicePrompts.points(List.of()), "no prompt");
    assertRefused(SlicePrompts.points(List.of(new Point(3, 4, true), new Point(40, 4, true))),
        "point 2", "columns 0 to 39 and rows 0 to 29", "found 40, 4");
    assertRefused(SlicePrompts.points(List.of(new Point(Double.NaN, 4, true))), "point 1", "NaN");
    assertRefused(SlicePrompts.points(List.of(new Point(3, 4, true), new Point(3, 4, false))),
        "contradict", "pixel 3, 4");
    assertRefused(box(5, 5, 5, 20), "no area", "5, 5 to 5, 20");
    assertRefused(box(9, 5, 5, 20), "swapped");
    assertRefused(box(5, 5, 9, 30), "out of the picture", "5, 5 to 9, 30");
    assertRefused(box(-1, 5, 9, 20), "out of the picture");
    assertRefused(new SlicePrompts(List.of(), List.of(),
        Optional.of(new float[]{0, Float.POSITIVE_INFINITY}), false), "not numbers", "Infinity");
  }

  @Test
  void refusesValuesThatNoWindowGives() {
    assertThatThrownBy(() -> new SlicePicture(2, 1, new float[]{0, 256}))
        .hasMessageContaining("256");
    assertThatThrownBy(() -> new SlicePicture(2, 1, new float[]{0, Float.NaN}))
        .hasMessageContaining("NaN");
  }

  /** A logit above 0 lies in the mask, however small it is. */
  @Test
  void theMaskIsWhereLogitsArePositive() {
    assertThat(SliceAnswer.probability(1e-12)).isGreaterThan(0.5f);
    assertThat(SliceAnswer.probability(0)).isEqualTo(0.5f);
    assertThat(new SliceAnswer(0, new float[]{SliceAnswer.probability(1e-12), 0.5f, 0.2f}, 1,
        new float[0]).mask()).containsExactly(1, 0, 0);
  }
}
