package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationWriterTest {
  @TempDir
  private Path folder;

  private static Evaluation evaluation() {
    return new Evaluation(List.of(Structure.of("Bladder", 1)),
        List.of(new CaseScores("case", Path.of("ref"), Path.of("pred"),
            Map.of("1", Map.of("Dice", 0.5)))),
        1, 1, List.of());
  }

  @Test
  void writesBothFiles() {
    EvaluationWriter.write(evaluation(), folder);
    assertThat(folder.resolve("summary.json")).isRegularFile();
    assertThat(folder.resolve("metrics.csv"))
        .hasContent("case,structure,metric,value,unit\ncase,Bladder,Dice,0.5,\n");
  }

  /** What cannot be written is made so by a folder of its name that is not empty. */
  @ParameterizedTest
  @CsvSource({"summary.json,metrics.csv", "metrics.csv,summary.json"})
  void writesNeitherWhereOneCannotBeWritten(String blocked, String other) throws IOException {
    Files.createDirectories(folder.resolve(blocked).resolve("inside"));
    assertThatThrownBy(() -> EvaluationWriter.write(evaluation(), folder))
        .isInstanceOf(FiduciaException.class);
    assertThat(folder.resolve(other)).doesNotExist();
  }
}
