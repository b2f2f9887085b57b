package io.fiducia.anatomy.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.core.StructureVocabulary;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TaskVocabularyTest {
  @Test
  void everyStructureOfEveryTaskHasANameOfItsOwn() {
    StructureVocabulary vocabulary = StructureVocabulary.load();
    for (AnatomyTask task : Stream.of(TotalTasks.load().all(), CadsTasks.load().all())
        .flatMap(List::stream).toList()) {
      for (String name : task.names()) {
        assertThat(vocabulary.find(name)).as(task.name() + ": " + name).isPresent()
            .get().satisfies(term -> assertThat(term.toolNames()).contains(name));
      }
      Map<Integer, String> renamed = vocabulary.tg263(task.classes());
      assertThat(renamed.values()).as(task.name()).doesNotHaveDuplicates();
      task.classes().forEach((label, name) -> assertThat(renamed.get(label))
          .as(task.name() + ": " + name).isEqualTo(vocabulary.tg263(name)));
    }
    assertThat(vocabulary.tg263(TotalTasks.load().classesOfVersion1()).values())
        .doesNotHaveDuplicates();
  }

  /** CADS's map of all tasks has more structures of one kind than any task alone. */
  @Test
  void everyStructureOfCadsTogetherHasANameOfItsOwn() {
    StructureVocabulary vocabulary = StructureVocabulary.load();
    Map<Integer, String> all = CadsTasks.load().combined();
    assertThat(all).hasSize(167);
    Map<Integer, String> renamed = vocabulary.tg263(all);
    assertThat(renamed.values()).doesNotHaveDuplicates();
    assertThat(renamed).containsEntry(58, "Bladder").containsEntry(110, "Rectum")
        .containsEntry(109, "Colon_Sigmoid").containsEntry(108, "Bag_Bowel");
    all.forEach((label, name) -> assertThat(renamed.get(label)).as(name)
        .isEqualTo(vocabulary.tg263(name)));
  }
}
