package io.fiducia.promptable.adapt.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.volume.SliceMask;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VariedSubjectsTest {
  private static final int WIDTH = 90;
  private static final int HEIGHT = 60;

  /** A bright disc on a dark picture that is wider than high. */
  private static TrainingPicture disc() {
    float[] grey = new float[WIDTH * HEIGHT];
    boolean[] mask = new boolean[WIDTH * HEIGHT];
    for (int i = 0; i < grey.length; i++) {
      double dx = i % WIDTH - 60;
      double dy = i / WIDTH - 20;
      mask[i] = dx * dx + dy * dy < 144;
      grey[i] = mask[i] ? 200 : 60;
    }
    TrainingPicture out = new TrainingPicture("case", new SlicePicture(WIDTH, HEIGHT, grey),
        Set.of("Disc"));
    out.add("Disc", mask);
    return out;
  }

  private static Subject draw(MadeUpShares shares, int seed) {
    return draw(shares, seed, 1).getFirst();
  }

  private static List<Subject> draw(MadeUpShares shares, int seed, int most) {
    return new VariedSubjects(List.of(disc()), shares).draw(SeededRandom.of(seed, "test"), most);
  }

  @Test
  void anatomyStaysAlignedWithItsMask() {
    for (int i = 0; i < 60; i++) {
      Subject subject = draw(new MadeUpShares(0, 0), i);
      int size = subject.picture().width();
      assertThat(subject.picture().height()).isEqualTo(size);
      assertThat(SliceMask.area(subject.mask())).isGreaterThanOrEqualTo(12);
      // Whether bright or inverted, the disc differs from what lies around it.
      double[] sums = new double[4];
      for (int p = 0; p < subject.mask().length; p++) {
        sums[subject.mask()[p] ? 0 : 1] += subject.picture().grey()[p];
        sums[subject.mask()[p] ? 2 : 3]++;
      }
      assertThat(Math.abs(sums[0] / sums[2] - sums[1] / sums[3])).as("seed %d", i)
          .isGreaterThan(12);
    }
  }

  @Test
  void structuresAreSeenFromNearAndFar() {
    double smallest = 1;
    double largest = 0;
    for (int i = 0; i < 100; i++) {
      Subject subject = draw(new MadeUpShares(0, 0), i);
      double share = SliceMask.area(subject.mask()) / (double) subject.mask().length;
      smallest = Math.min(smallest, share);
      largest = Math.max(largest, share);
    }
    assertThat(smallest).isLessThan(0.1);
    assertThat(largest).isGreaterThan(0.4);
  }

  @Test
  void kindsAreDrawnAsOftenAsAsked() {
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      counts.merge(draw(new MadeUpShares(0.25, 0.25), i).structure(), 1, Integer::sum);
    }
    assertThat(counts.keySet()).containsExactly("Disc", "label map", "superpixels");
    assertThat(counts.get("Disc")).isBetween(75, 125);
    assertThat(counts.get("label map")).isBetween(30, 70);
  }

  @Test
  void aDrawFollowsFromTheSeed() {
    Subject a = draw(MadeUpShares.USUAL, 7);
    Subject b = draw(MadeUpShares.USUAL, 7);
    assertThat(a.picture().grey()).isEqualTo(b.picture().grey());
    assertThat(Arrays.equals(a.mask(), b.mask())).isTrue();
  }

  @Test
  void severalStructuresShareOnePicture() {
    int more = 0;
    for (int i = 0; i < 20; i++) {
      List<Subject> subjects = draw(new MadeUpShares(0.5, 0.5), i, 4);
      assertThat(subjects).hasSizeBetween(1, 4)
          .allMatch(s -> s.picture() == subjects.getFirst().picture());
      assertThat(subjects).allMatch(s -> SliceMask.area(s.mask()) >= 24);
      more += subjects.size() > 1 ? 1 : 0;
    }
    assertThat(more).isGreaterThan(15);
    assertThat(draw(new MadeUpShares(0, 0), 1, 4)).hasSize(1);
  }
}
