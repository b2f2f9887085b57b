package io.fiducia.universeg.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SupportDrawsTest {
  private static List<SupportSlices.Key> draw(int cases, int count) {
    List<StructureStack> stacks = IntStream.range(0, cases)
        .mapToObj(i -> BlockCase.stack("case" + i)).toList();
    SliceView view = new SliceView(SlicePlane.AXIAL, new Vec3(29.5, 29.5, 9.5), 50, 64, 10, 1);
    return new SupportDraws(stacks, view, new IntensityWindow(0, 1), 0)
        .draw(new float[64 * 64], 0.5, count, 3, 0);
  }

  /** With 16 slices of one case, most show another shape than the slice that is segmented. */
  @Test
  void oneCaseGivesNoSlicesFarAway() {
    List<SupportSlices.Key> slices = draw(1, 16);
    assertThat(slices).hasSize(3);
    assertThat(slices).allSatisfy(
        s -> assertThat(s.stack().level(s.slice())).isBetween(0.5 - 0.08, 0.5 + 0.08));
  }

  @Test
  void manyCasesGiveOneSliceEach() {
    List<SupportSlices.Key> slices = draw(20, 16);
    assertThat(slices).hasSize(16);
    assertThat(slices.stream().map(s -> s.stack().caseId()).distinct()).hasSize(16);
  }

  @Test
  void placesThatAreLeftTakeNeighbouringLevels() {
    assertThat(draw(6, 16)).hasSize(16);
  }
}
