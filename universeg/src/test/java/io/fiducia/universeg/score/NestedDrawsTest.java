package io.fiducia.universeg.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NestedDrawsTest {
  private static final Geometry GRID = Geometry.of(new Size(1, 1, 1), new Vec3(1, 1, 1));
  private static final List<ScoreCase> CASES = IntStream.range(0, 9)
      .mapToObj(i -> new DrawnCase("case_" + i, GRID, StructureSet.of(Structure.of("x", 1)),
          new short[1]).scored())
      .toList();

  @Test
  void aSmallerDrawIsPartOfALargerOne() {
    NestedDraws draws = new NestedDraws(CASES, 5, 7);
    for (int repeat = 0; repeat < 5; repeat++) {
      for (int size = 1; size < 9; size++) {
        List<ScoreCase> smaller = draws.of(repeat, size, Optional.empty());
        assertThat(smaller).hasSize(size).doesNotHaveDuplicates();
        assertThat(draws.of(repeat, size + 1, Optional.empty())).containsAll(smaller);
      }
    }
  }

  @Test
  void aCaseThatIsLeftOutIsReplacedByTheNextOne() {
    NestedDraws draws = new NestedDraws(CASES, 3, 7);
    for (int repeat = 0; repeat < 3; repeat++) {
      for (ScoreCase out : CASES) {
        for (int size = 1; size <= 8; size++) {
          List<ScoreCase> drawn = draws.of(repeat, size, Optional.of(out.id()));
          assertThat(drawn).hasSize(size).doesNotContain(out);
          assertThat(draws.of(repeat, size + 1, Optional.empty())).containsAll(drawn);
        }
      }
    }
  }

  @Test
  void theDrawDependsOnSeedAndRepeatOnly() {
    List<ScoreCase> turned = new ArrayList<>(CASES);
    Collections.reverse(turned);
    NestedDraws one = new NestedDraws(CASES, 20, 7);
    NestedDraws other = new NestedDraws(turned, 20, 7);
    Set<List<ScoreCase>> different = new HashSet<>();
    for (int repeat = 0; repeat < 20; repeat++) {
      assertThat(other.of(repeat, 3, Optional.empty()))
          .isEqualTo(one.of(repeat, 3, Optional.empty()));
      different.add(one.of(repeat, 3, Optional.empty()));
    }
    // 20 draws of 84 possible sets: fewer than 10 different ones have a chance below 1e-8.
    assertThat(different).hasSizeGreaterThan(9);
    assertThat(new NestedDraws(CASES, 1, 8).of(0, 3, Optional.empty()))
        .isNotEqualTo(one.of(0, 3, Optional.empty()));
  }
}
