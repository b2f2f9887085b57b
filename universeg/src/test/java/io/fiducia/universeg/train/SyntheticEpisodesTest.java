package io.fiducia.universeg.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.picture.Picture;
import org.junit.jupiter.api.Test;

class SyntheticEpisodesTest {
  @Test
  void everySupportSliceShowsTheStructure() {
    int usual = 0;
    int empty = 0;
    for (int i = 0; i < 60; i++) {
      Episode episode = new LabelMapEpisodes().draw(SeededRandom.of(i, "test"),
          new EpisodeKind.EpisodeSize(2, 64));
      assertThat(episode.support()).noneMatch(Picture::empty);
      double area = Picture.area(episode.support().getFirst().label());
      usual += area > 0.02 && area < 0.8 ? 1 : 0;
      empty += episode.query().empty() ? 1 : 0;
    }
    assertThat(usual).isGreaterThan(50);
    assertThat(empty).isLessThan(15);
  }

  @Test
  void superpixelEpisodesUseTrainedTasksOnly() {
    AnatomyTasks tasks = AnatomyEpisodesTest.tasks(java.util.List.of("Box"),
        MadeUpCase.dataset("One", 5));
    SuperpixelEpisodes episodes = new SuperpixelEpisodes(tasks);
    int filled = 0;
    for (int i = 0; i < 20; i++) {
      Episode episode = episodes.draw(SeededRandom.of(i, "test"),
          new EpisodeKind.EpisodeSize(2, 64));
      filled += episode.support().stream().noneMatch(Picture::empty) ? 1 : 0;
    }
    assertThat(filled).isGreaterThan(17);
  }
}
