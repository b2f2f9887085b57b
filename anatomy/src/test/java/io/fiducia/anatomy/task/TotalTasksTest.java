package io.fiducia.anatomy.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Vec3;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Expected values: TotalSegmentator 2.18's documentation of tasks and its own test of its registry. */
class TotalTasksTest {
  private final TotalTasks tasks = TotalTasks.load();

  @Test
  void totalIsDividedAmongFiveNetworksWhoseLabelsMakeUpAllClasses() {
    AnatomyTask total = tasks.find("total").orElseThrow();
    assertThat(total.classes()).hasSize(117).containsEntry(1, "spleen")
        .containsEntry(117, "costal_cartilages");
    assertThat(total.standard().parts()).extracting(p -> p.model().dataset())
        .containsExactly(291, 292, 293, 294, 295);
    assertThat(total.standard().parts()).extracting(p -> p.labels().size())
        .containsExactly(24, 26, 18, 23, 26);
    Set<Integer> labels = new HashSet<>();
    total.standard().parts().forEach(p -> labels.addAll(p.labels().values()));
    assertThat(labels).isEqualTo(total.classes().keySet());
    assertThat(total.standard().spacingMm()).contains(new Vec3(1.5, 1.5, 1.5));
    assertThat(total.standard().step()).isEqualTo(0.8);
    assertThat(total.variants().get(Variant.FAST).parts().get(0).model().modelName())
        .isEqualTo("nnUNetTrainer_4000epochs_NoMirroring__nnUNetPlans__3d_fullres");
  }

  @Test
  void everyTaskNamesFoldersAndLabelsOfItsOwn() {
    for (AnatomyTask task : tasks.all()) {
      for (Variant variant : task.variants().values()) {
        for (Part part : variant.parts()) {
          assertThat(part.model().folder()).as(task.name()).startsWith("Dataset");
          assertThat(task.classes().keySet()).as(task.name())
              .containsAll(part.labels().values());
        }
      }
    }
  }

  @Test
  void licensedTasksAreThoseWithoutARelease() {
    for (AnatomyTask task : tasks.all()) {
      for (Part part : task.standard().parts()) {
        assertThat(tasks.release(part.model().dataset()).isEmpty()).as(task.name())
            .isEqualTo(task.licensed());
      }
    }
  }

  @Test
  void croppingTasksSayAroundWhat() {
    CropRule teeth = tasks.find("teeth").orElseThrow().crop().orElseThrow();
    assertThat(teeth.task()).contains("craniofacial_structures");
    assertThat(teeth.structures()).isEqualTo(List.of("teeth_lower", "teeth_upper"));
    assertThat(tasks.find("lung_vessels").orElseThrow().crop().orElseThrow().robust()).isTrue();
    assertThat(tasks.find("heartchambers_highres").orElseThrow().keepNear().orElseThrow()
        .withinMm()).isEqualTo(10);
  }
}
