package io.fiducia.universeg.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.learn.train.AheadOfTime;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EpisodeDrawTest {
  private static EpisodeDraw draw;

  @BeforeAll
  static void read() {
    AnatomyTasks tasks = AnatomyEpisodesTest.tasks(List.of(), MadeUpCase.dataset("One", 5));
    draw = new EpisodeDraw(tasks, EpisodeDraw.Mix.usual(0.5, 1000), 9);
  }

  @Test
  void theNumberOfWorkersChangesNothing() {
    try (AheadOfTime<EpisodeBatch> one = new AheadOfTime<>(draw::batch, 0, 1);
        AheadOfTime<EpisodeBatch> two = new AheadOfTime<>(draw::batch, 0, 2);
        AheadOfTime<EpisodeBatch> later = new AheadOfTime<>(draw::batch, 3, 2)) {
      for (int step = 0; step < 6; step++) {
        EpisodeBatch a = one.next();
        EpisodeBatch b = two.next();
        assertThat(a.examples()).containsExactly(b.examples());
        assertThat(a.targets()).containsExactly(b.targets());
        assertThat(a.truth()).containsExactly(b.truth());
        if (step >= 3) {
          assertThat(later.next().examples()).containsExactly(a.examples());
        }
      }
    }
  }

  @Test
  void supportSizesVaryAndSmallOnesComeWithMoreEpisodes() {
    Set<Integer> sizes = new TreeSet<>();
    for (int step = 0; step < 60; step++) {
      EpisodeBatch batch = draw.batch(step);
      sizes.add(batch.support());
      assertThat(batch.episodes() * batch.support()).isBetween(5, 16);
      assertThat(batch.pixels()).isEqualTo(64);
    }
    assertThat(sizes).contains(1, 2, 4, 8, 16);
    assertThat(draw.batch(1000).pixels()).isEqualTo(128);
  }

  @Test
  void whatAWorkerThrowsReachesTheCaller() {
    try (AheadOfTime<Integer> numbers = new AheadOfTime<>(i -> 10 / (2 - i), 0, 2)) {
      assertThat(numbers.next()).isEqualTo(5);
      assertThat(numbers.next()).isEqualTo(10);
      assertThatThrownBy(numbers::next).isInstanceOf(ArithmeticException.class);
    }
  }
}
