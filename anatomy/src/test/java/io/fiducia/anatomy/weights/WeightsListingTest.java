package io.fiducia.anatomy.weights;

import static io.fiducia.anatomy.weights.WeightsFixture.network;
import static io.fiducia.anatomy.weights.WeightsFixture.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.total.TotalRequest;
import io.fiducia.anatomy.total.TotalRequest.Speed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which networks TotalSegmentator 2.18 runs before a task's own is read from its python_api.py. */
class WeightsListingTest {
  @TempDir
  Path root;

  private static List<Integer> datasets(String task, Speed speed) {
    return TotalRequest.of(task(task)).at(speed).networks(TotalTasks.load()).stream()
        .map(n -> n.model().dataset()).toList();
  }

  @Test
  void tasksThatCropNeedTheNetworkThatFindsTheCrop() {
    assertThat(datasets("total", Speed.STANDARD)).containsExactly(291, 292, 293, 294, 295);
    assertThat(datasets("total", Speed.FASTEST)).containsExactly(298);
    assertThat(datasets("lung_vessels", Speed.STANDARD)).containsExactly(117, 297);
    assertThat(datasets("liver_vessels", Speed.STANDARD)).containsExactly(8, 298);
    assertThat(datasets("liver_segments_mr", Speed.STANDARD)).containsExactly(576, 852);
    assertThat(datasets("abdominal_muscles", Speed.STANDARD)).containsExactly(952, 300);
    assertThat(datasets("teeth", Speed.STANDARD)).containsExactly(113, 115, 298);
    assertThat(datasets("vertebrae_pp_refined", Speed.STANDARD)).containsExactly(803, 305);
  }

  @Test
  void aTaskRunsOnceAllItsNetworksAreThere() throws IOException {
    WeightsFixture.write(root, network("lung_vessels", "default", 0));
    assertThat(listing().runnable()).isEmpty();
    Path coarse = WeightsFixture.write(root, network("total", "fast", 0));
    WeightsListing both = listing();
    assertThat(both.runnable()).containsExactly("total", "lung_vessels");
    assertThat(both.tasks()).isEqualTo(2);
    assertThat(both.entries().get(0).variant()).isEqualTo("default");
    assertThat(both.entries()).filteredOn(WeightsListing.Entry::runs).extracting(
        e -> e.task().name() + " " + e.variant()).containsExactly("total fast",
            "lung_vessels default");
    WeightsListing.Entry vessels = both.entries().getLast();
    assertThat(vessels.own()).hasSize(1);
    assertThat(vessels.others()).extracting(r -> r.network().model().dataset())
        .containsExactly(297);
    Files.delete(coarse.resolve("dataset.json"));
    WeightsListing damaged = listing();
    assertThat(damaged.runnable()).isEmpty();
    assertThat(damaged.wrong()).singleElement()
        .satisfies(r -> assertThat(r.network().model().dataset()).isEqualTo(297));
  }

  private WeightsListing listing() {
    TotalTasks tasks = TotalTasks.load();
    return WeightsListing.of(Optional.of(new WeightsFolder(root)),
        List.of(task("total"), task("lung_vessels")),
        c -> TotalRequest.of(c.task())
            .at(c.variant().equals("fast")
                ? Speed.FAST
                : c.variant().equals("fastest") ? Speed.FASTEST : Speed.STANDARD)
            .networks(tasks));
  }
}
