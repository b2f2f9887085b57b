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

  /** Task04_Hippocampus of the Medical Segmentation Decathlon declares its labels like this. */
  @Test
  void labelsOfTheDecathlonAreReadTheOtherWayRound() throws IOException {
    Path file = json("{\"labels\": {\"0\": \"background\", \"1\": \"Anterior\","
        + " \"2\": \"Posterior\"}}");
    assertThat(StructureNames.read(file))
        .containsExactly(Structure.of("Anterior", 1), Structure.of("Posterior", 2));
    assertThat(StructureNames.ignoreLabel(file)).isEmpty();
    assertThat(StructureNames.warnings(file)).singleElement().asString().contains("Decathlon");
    assertThat(StructureNames.warnings(json("{\"labels\": {\"background\": 0, \"1\": 1}}")))
        .isEmpty();
    assertThat(StructureNames.read(json("{\"labels\": {\"background\": \"0\", \"2\": \"1\"}}")))
        .containsExactly(Structure.of("2", 1));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "{\"labels\": {\"background\": 0, \"\": 1}} | a name for each structure",
    "{\"labels\": {\"a\": -1}} | labels.a",
    "{\"labels\": {\"a\": 1.5}} | labels.a",
    "{\"labels\": {\"a\": []}} | labels.a",
    "{\"labels\": {\"a\": \"one\"}} | labels.a",
    "{\"labels\": {\"a\": [1, {}]}} | labels.a",
    "{\"labels\": {\"a\": 1, \"ignore\": \"x\"}} | labels.ignore",
    "{} | key labels"})
  void labelsThatCannotBeUsedAreNamed(String text, String named) throws IOException {
    Path file = json(text);
    assertThatThrownBy(() -> StructureNames.read(file)).isInstanceOfSatisfying(
        FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.getMessage()).contains("dataset.json", named).doesNotContain("Node");
        });
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
