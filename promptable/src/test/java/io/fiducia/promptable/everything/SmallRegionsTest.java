package io.fiducia.promptable.everything;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Small regions of drawn masks; what is expected can be seen. */
class SmallRegionsTest {
  private static boolean[] mask(String... rows) {
    String all = String.join("", rows);
    boolean[] out = new boolean[all.length()];
    for (int i = 0; i < out.length; i++) {
      out[i] = all.charAt(i) == '#';
    }
    return out;
  }

  private static Optional<boolean[]> removed(double least, String... rows) {
    return SmallRegions.removed(mask(rows), rows[0].length(), rows.length, least);
  }

  @Test
  void fillsHolesAndRemovesIslands() {
    assertThat(removed(3,
        "........",
        ".####...",
        ".#..#.#.",
        ".####...",
        ".####...").orElseThrow()).isEqualTo(mask(
            "........",
            ".####...",
            ".####...",
            ".####...",
            ".####..."));
  }

  /** A region of just the least area stays, and so does one that touches at a corner. */
  @Test
  void keepsWhatIsLargeEnough() {
    String[] rows = {
      "........",
      ".####...",
      ".#..##..",
      ".####.#.",
      "........"};
    assertThat(removed(2, rows)).isEmpty();
    assertThat(removed(2.01, rows).orElseThrow()).isEqualTo(mask(
        "........",
        ".####...",
        ".#####..",
        ".####.#.",
        "........"));
  }

  @Test
  void keepsTheLargestOfSmallIslands() {
    assertThat(removed(9,
        "#....",
        "..##.",
        ".....",
        "#....",
        ".....").orElseThrow()).isEqualTo(mask(
            ".....",
            "..##.",
            ".....",
            ".....",
            "....."));
  }
}
