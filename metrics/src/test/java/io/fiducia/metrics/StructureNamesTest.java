package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StructureNamesTest {
  @TempDir
  private Path folder;

  private Path json(String text) throws IOException {
    return Files.writeString(folder.resolve("dataset.json"), text);
  }

  /** Keys as nnunetv2 2.8.1 writes them: {@code str()} of its label manager's regions or labels. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "\"a\": 1, \"b\": 2 | 1 2",
    "\"a\": [1, 2], \"b\": 2 | (1, 2) 2",
    "\"a\": [1, 2, 3], \"b\": [2] | (1, 2, 3) (2,)",
    "\"a\": [1], \"b\": [2] | 1 2"})
  void keysAreThoseOfPython(String labels, String keys) throws IOException {
    Path file = json("{\"labels\": {\"background\": 0, " + labels + ", \"ignore\": 9}}");
    assertThat(String.join(" ", StructureNames.read(file).stream().map(Structure::key).toList()))
        .isEqualTo(keys);
    assertThat(StructureNames.ignoreLabel(file)).hasValue(9);
    assertThat(StructureNames.fileEnding(file)).isEmpty();
  }

  @Test
  void theFileEndingIsOptional() throws IOException {
    assertThat(StructureNames.fileEnding(json("{\"file_ending\": \".png\"}"))).contains(".png");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path file = json("{\"labels\": {\"background\": 0, \"a\": \"one\"}}");
    assertThatThrownBy(() -> StructureNames.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("dataset.json");
    Path broken = json("{\n\"labels\": ");
    assertThatThrownBy(() -> StructureNames.read(broken)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("line 2");
  }
}
