package io.fiducia.universeg.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.learn.picture.Picture;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AnatomyEpisodesTest {
  private static final EpisodeKind.EpisodeSize SMALL = new EpisodeKind.EpisodeSize(3, 64);
  private static AnatomyTasks tasks;

  @BeforeAll
  static void read() {
    tasks = tasks(List.of("Box"), MadeUpCase.dataset("One", 6), MadeUpCase.dataset("Two", 5));
  }

  static AnatomyTasks tasks(List<String> heldOut, InContextDataset... datasets) {
    return new AnatomyTasksReader(new TaskChoice(List.of(SlicePlane.values()), heldOut, 24, 5),
        Progress.none(), new Cancellation()).read(List.of(datasets));
  }

  @Test
  void supportNeverComesFromThePatientOfTheQuery() {
    StructureTask task = tasks.trained().getFirst();
    for (int i = 0; i < 200; i++) {
      SeededRandom random = SeededRandom.of(i, "test");
      StructureTask.Member query = task.training().get(i % task.training().size());
      AnatomyEpisodes.Plan plan = AnatomyEpisodes.plan(random, query,
          task.training().stream().filter(m -> m.patient() != query.patient()).toList(), 1 + i % 16,
          true);
      assertThat(plan.support()).hasSize(1 + i % 16)
          .noneMatch(c -> c.member().patient() == query.patient());
    }
  }

  @Test
  void validationPatientsGetSupportFromOthersToo() {
    for (StructureTask task : tasks.all()) {
      for (StructureTask.Member query : task.validation()) {
        assertThat(task.supportsOf(query)).isNotEmpty()
            .noneMatch(m -> m.patient() == query.patient());
      }
    }
  }

  @Test
  void noPatientIsTrainedOnAndValidated() {
    for (StructureTask task : tasks.all()) {
      Set<Integer> trained = new TreeSet<>();
      task.training().forEach(m -> trained.add(m.patient()));
      assertThat(task.validation()).isNotEmpty().noneMatch(m -> trained.contains(m.patient()));
    }
  }

  @Test
  void supportHasAboutTheLevelOfTheQuery() {
    StructureTask task = tasks.trained().getFirst();
    StructureTask.Member query = task.training().getFirst();
    for (int i = 0; i < 100; i++) {
      AnatomyEpisodes.Plan plan = AnatomyEpisodes.plan(SeededRandom.of(i, "test"), query,
          task.training().subList(1, task.training().size()), 2, false);
      double level = query.stack().level(plan.query().slice());
      for (AnatomyEpisodes.Chosen c : plan.support()) {
        assertThat(c.member().stack().level(c.slice())).isBetween(level - 0.1, level + 0.1);
      }
    }
  }

  @Test
  void someQueriesLieBeyondTheEndsAndAreEmpty() {
    AnatomyEpisodes episodes = new AnatomyEpisodes(tasks);
    int empty = 0;
    for (int i = 0; i < 300; i++) {
      Episode episode = episodes.draw(SeededRandom.of(i, "test"), SMALL);
      empty += episode.query().empty() ? 1 : 0;
    }
    assertThat(empty).isBetween(25, 75);
  }

  @Test
  void heldOutStructuresAreNeverDrawn() {
    Set<String> drawn = new TreeSet<>();
    Set<String> datasets = new TreeSet<>();
    Set<String> planes = new TreeSet<>();
    for (int i = 0; i < 300; i++) {
      TaskKey key = tasks.draw(SeededRandom.of(i, "test")).key();
      drawn.add(key.structure());
      datasets.add(key.dataset());
      planes.add(key.plane().word());
    }
    assertThat(drawn).containsExactly("Ball");
    assertThat(datasets).containsExactly("One", "Two");
    assertThat(planes).containsExactly("axial", "coronal", "sagittal");
    assertThat(tasks.all()).anyMatch(t -> t.heldOut() && t.key().structure().equals("Box"));
  }

  @Test
  void whatATaskDrawsIsTheSameForAllItsSlices() {
    // The ball is the brightest: after inversion, which the task draws, it is the darkest everywhere.
    AnatomyEpisodes episodes = new AnatomyEpisodes(tasks);
    Set<Boolean> seen = new TreeSet<>();
    for (int i = 0; i < 60; i++) {
      Episode episode = episodes.draw(SeededRandom.of(i, "test"), SMALL);
      Set<Boolean> brighter = new TreeSet<>();
      episode.support().forEach(p -> addContrast(p, brighter));
      addContrast(episode.query(), brighter);
      assertThat(brighter).hasSizeLessThanOrEqualTo(1);
      seen.addAll(brighter);
    }
    assertThat(seen).containsExactly(false, true);
  }

  private static void addContrast(Picture picture, Set<Boolean> brighter) {
    double inside = 0;
    double outside = 0;
    double count = 0;
    for (int i = 0; i < picture.label().length; i++) {
      inside += picture.label()[i] * picture.image()[i];
      outside += (1 - picture.label()[i]) * picture.image()[i];
      count += picture.label()[i];
    }
    if (count > 40) {
      brighter.add(inside / count > outside / (picture.label().length - count));
    }
  }
}
