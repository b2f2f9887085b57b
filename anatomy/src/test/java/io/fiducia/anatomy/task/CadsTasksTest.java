package io.fiducia.anatomy.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Expected values: notes of people who read CADS's source (commit 7480324) and its publication. */
class CadsTasksTest {
  private final CadsTasks tasks = CadsTasks.load();

  @Test
  void nineTasksHave167StructuresAsPublished() {
    List<AnatomyTask> nine = tasks.all().subList(0, 9);
    assertThat(nine).extracting(AnatomyTask::name).containsExactly("551", "552", "553", "554",
        "555", "556", "557", "558", "559");
    assertThat(nine).extracting(t -> t.classes().size()).containsExactly(17, 24, 18, 21, 24, 15, 9,
        29, 10);
    assertThat(tasks.combined()).hasSize(167).containsEntry(1, "spleen")
        .containsEntry(110, "rectum").containsEntry(167, "spinal_cord");
    assertThat(tasks.excludedFromCombined()).hasSize(18).contains("brain", "bowel_bag", "heart")
        .doesNotContain("thoracic_cavity");
  }

  @Test
  void aRegionModelRegroupsTheStructuresEachOnce() {
    for (List<AnatomyTask> group : List.of(tasks.all().subList(0, 9), tasks.all().subList(9, 22))) {
      List<Integer> combined = new ArrayList<>();
      for (AnatomyTask task : group) {
        Map<Integer, Integer> labels = tasks.details(task.name()).combinedLabels();
        assertThat(labels.keySet()).isEqualTo(task.classes().keySet());
        labels.forEach((own, all) -> assertThat(tasks.combined().get(all))
            .as(task.name() + " " + own).isEqualTo(task.classes().get(own)));
        combined.addAll(labels.values());
      }
      assertThat(new TreeSet<>(combined)).hasSize(combined.size())
          .containsExactlyElementsOf(IntStream.rangeClosed(1, 167).boxed().toList());
    }
    assertThat(tasks.find("607").orElseThrow().names()).containsExactly("iliac_artery_left",
        "iliac_artery_right", "iliac_vena_left", "iliac_vena_right", "urinary_bladder", "sigmoid",
        "rectum", "prostate", "seminal_vesicle");
  }

  @Test
  void pelvicStructuresStandWhereTheirSidesAre() {
    AnatomyTask task = tasks.find("556").orElseThrow();
    assertThat(task.label("rectum")).contains(6);
    assertThat(task.label("right psoas major")).contains(12);
    assertThat(task.label("left psoas major")).contains(13);
    assertThat(tasks.find("553").orElseThrow().label("iliac_artery_left")).contains(10);
    assertThat(tasks.find("552").orElseThrow().label("vertebrae_L5")).contains(1);
    assertThat(tasks.find("552").orElseThrow().label("vertebrae_C1")).contains(24);
    assertThat(tasks.details("556").displayNames()).containsEntry(4, "Peritoneal cavity");
  }

  @Test
  void onlyTheHeadTasksNeedOthers() {
    assertThat(tasks.details("557").needs()).containsExactly("553");
    assertThat(tasks.details("558").needs()).containsExactly("552", "553");
    tasks.all().stream().map(AnatomyTask::name).filter(n -> !List.of("557", "558").contains(n))
        .forEach(n -> assertThat(tasks.details(n).needs()).as(n).isEmpty());
  }

  @Test
  void thresholdsOfComponentsAreThoseOfTheSource() {
    Map<Integer, ComponentRule> pelvis = tasks.details("553").components();
    assertThat(pelvis.get(17)).isEqualTo(new ComponentRule(1500, OptionalInt.empty(), false));
    assertThat(pelvis.get(10).minVoxels()).isEqualTo(10);
    assertThat(pelvis.get(12).minVoxels()).isEqualTo(500);
    assertThat(tasks.details("556").components().get(9))
        .isEqualTo(new ComponentRule(0, OptionalInt.of(1), true));
    assertThat(tasks.details("556").components()).doesNotContainKeys(7, 8);
    assertThat(tasks.details("559").components()).containsOnlyKeys(1, 2, 3, 5, 7, 10);
    List.of("552", "555", "557", "558", "607")
        .forEach(n -> assertThat(tasks.details(n).components()).as(n).isEmpty());
  }

  @Test
  void eachSetOfWeightsLiesInAFolderOfItsOwn() {
    AnatomyTask task = tasks.find("556").orElseThrow();
    assertThat(task.standard()).isEqualTo(tasks.variant(task, "reference"));
    ModelSource open = tasks.variant(task, "open").parts().get(0).model();
    assertThat(open.folder()).isEqualTo("open/Dataset556_GC256");
    assertThat(open.modelName())
        .isEqualTo("nnUNetTrainerNoMirroring__nnUNetResEncUNetLPlans__3d_fullres");
    assertThat(open.folds()).containsExactly("all");
    assertThat(tasks.url(task, "open")).contains("https://github.com/murong-xu/CADS/releases/"
        + "download/cads-model-open_v1.0.0/Dataset556_GC256.zip");
    assertThat(tasks.licenceOf(task, "research").terms()).startsWith("CC BY-NC-SA 4.0");
    assertThat(tasks.licenceOf(task, "reference").largestTrainingSet()).hasValue(21277);
    AnatomyTask region = tasks.find("607").orElseThrow();
    assertThat(tasks.variant(region, "open")).isEqualTo(region.standard());
    assertThat(region.standard().parts().get(0).model().folder()).isEqualTo("region/Dataset607_*");
    assertThat(tasks.url(region, "open")).isEmpty();
    assertThatThrownBy(() -> tasks.variant(task, "free")).hasMessageContaining("free");
  }
}
