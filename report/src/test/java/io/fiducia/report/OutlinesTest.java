package io.fiducia.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OutlinesTest {
  private static final Pattern COMMAND = Pattern.compile("M(\\d+) (\\d+)|([hv])(-?\\d+)|z");

  @Test
  void aSquareIsOneLoop() {
    assertThat(Outlines.trace((c, r) -> true, 3, 5, 2, 2)).isEqualTo("M3 5h2v2h-2z");
    assertThat(Outlines.trace((c, r) -> false, 0, 0, 4, 4)).isEmpty();
  }

  @Test
  void pixelsThatTouchAtACornerHaveLoopsOfTheirOwn() {
    assertThat(Outlines.trace((c, r) -> c == r, 0, 0, 2, 2)).isEqualTo("M0 0h1v1h-1zM1 1h1v1h-1z");
  }

  @Test
  void aHoleIsALoopTheOtherWayRound() {
    assertThat(Outlines.trace((c, r) -> c != 1 || r != 1, 0, 0, 3, 3))
        .isEqualTo("M0 0h3v3h-3zM1 1v1h1v-1z");
  }

  /** Filled by the even-odd rule, the loops give back the mask: noise has every kind of corner. */
  @Test
  void loopsFillToTheMask() {
    SeededRandom random = SeededRandom.of(7, "mask");
    int w = 31;
    int h = 23;
    for (int trial = 0; trial < 50; trial++) {
      boolean[] mask = new boolean[w * h];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = random.nextFloat() < 0.1 + 0.016 * trial;
      }
      assertThat(fill(Outlines.trace((c, r) -> mask[r * w + c], 0, 0, w, h), w, h)).isEqualTo(mask);
    }
  }

  private static boolean[] fill(String path, int w, int h) {
    // Each vertical edge flips every pixel to its right.
    boolean[] filled = new boolean[w * h];
    int x = 0;
    int y = 0;
    int startY = 0;
    Matcher m = COMMAND.matcher(path);
    while (m.find()) {
      int toY = y;
      if (m.group(1) != null) {
        x = Integer.parseInt(m.group(1));
        y = Integer.parseInt(m.group(2));
        startY = y;
        continue;
      } else if (m.group(3) == null) {
        toY = startY;
      } else if (m.group(3).equals("h")) {
        x += Integer.parseInt(m.group(4));
      } else {
        toY += Integer.parseInt(m.group(4));
      }
      for (int r = Math.min(y, toY); r < Math.max(y, toY); r++) {
        for (int c = x; c < w; c++) {
          filled[r * w + c] ^= true;
        }
      }
      y = toY;
    }
    return filled;
  }
}
