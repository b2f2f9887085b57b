package io.fiducia.universeg.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import org.junit.jupiter.api.Test;

class SyntheticEpisodesTest {
  @Test
  void intensitiesFollowTheLabels() {
    SeededRandom random = SeededRandom.of(1, "test");
    LabelMapEpisodes.LabelMap map = LabelMapEpisodes.labelMap(random);
    double[] mean = new double[map.count()];
    for (int k = 0; k < mean.length; k++) {
      mean[k] = k / 10.0;
    }
    float[] image = LabelMapEpisodes.render(random, map,
        new LabelMapEpisodes.Look(mean, new double[mean.length], 0));
    for (int i = 0; i < image.length; i++) {
      assertThat(image[i]).isEqualTo((float) (map.labels()[i] / 10.0));
    }
  }

  @Test
  void theStructureIsPartOfOneLabel() {
    for (int i = 0; i < 20; i++) {
      SeededRandom random = SeededRandom.of(i, "test");
      LabelMapEpisodes.LabelMap map = LabelMapEpisodes.labelMap(random);
      float[] structure = LabelMapEpisodes.structure(random, map);
      int label = -1;
      for (int p = 0; p < structure.length; p++) {
        if (structure[p] > 0) {
          label = label < 0 ? map.labels()[p] : label;
          assertThat((int) map.labels()[p]).isEqualTo(label);
        }
      }
      assertThat(label).isNotNegative();
    }
  }

  @Test
  void everySupportSliceShowsTheStructure() {
    int usual = 0;
    int empty = 0;
    for (int i = 0; i < 60; i++) {
      Episode episode = new LabelMapEpisodes().draw(SeededRandom.of(i, "test"),
          new EpisodeKind.EpisodeSize(2, 64));
      assertThat(episode.support()).noneMatch(Picture::empty);
      double area = LabelMapEpisodes.area(episode.support().getFirst().label());
      usual += area > 0.02 && area < 0.8 ? 1 : 0;
      empty += episode.query().empty() ? 1 : 0;
    }
    assertThat(usual).isGreaterThan(50);
    assertThat(empty).isLessThan(15);
  }

  @Test
  void superpixelsDoNotCrossAStrongEdge() {
    int side = 64;
    float[] image = new float[side * side];
    for (int i = 0; i < image.length; i++) {
      image[i] = i % side < 27 ? 0 : 1;
    }
    int[] owner = Superpixels.of(image, side, 12);
    double[][] counts = new double[owner.length][2];
    for (int i = 0; i < image.length; i++) {
      counts[owner[i]][(int) image[i]]++;
    }
    int largest = 0;
    int mixed = 0;
    for (double[] c : counts) {
      largest = Math.max(largest, (int) (c[0] + c[1]));
      mixed += (int) Math.min(c[0], c[1]);
    }
    assertThat(mixed).isZero();
    // About 12 pixels wide: none covers a large part of the image.
    assertThat(largest).isBetween(50, 400);
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
