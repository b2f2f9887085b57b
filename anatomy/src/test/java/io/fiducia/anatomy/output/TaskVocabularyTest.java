package io.fiducia.anatomy.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.core.StructureVocabulary;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskVocabularyTest {
  @Test
  void everyStructureOfEveryTaskHasANameOfItsOwn() {
    StructureVocabulary vocabulary = StructureVocabulary.load();
    for (AnatomyTask task : TotalTasks.load().all()) {
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
}
