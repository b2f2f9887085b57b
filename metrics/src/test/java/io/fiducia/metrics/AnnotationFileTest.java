package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnotationFileTest {
  @TempDir
  private Path folder;

  private PartialAnnotation read(String text) throws IOException {
    return PartialAnnotation.read(Files.writeString(folder.resolve(PartialAnnotation.FILE), text));
  }

  @Test
  void namesOfEveryCaseAreAdded() throws IOException {
    assertThat(read("{\"always\": [\"Body\"], \"annotated\": {\"a\": [\"Larynx\"], \"b\": []}}")
        .byCase()).isEqualTo(Map.of("a", Set.of("Larynx", "Body"), "b", Set.of("Body")));
    assertThat(read("[]")).isEqualTo(PartialAnnotation.complete());
  }

  /** JSON of another type is the user's bad input, not an internal error. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {"annotated": {"a": [{}]}} | at a
      {"annotated": {"a": [null]}} | at a
      {"annotated": {"a": [[]]}} | at a
      {"annotated": {"a": [1]}} | at a
      {"annotated": {"a": "Larynx"}} | at a
      {"annotated": []} | at annotated
      {"annotated": null} | at annotated
      {"always": 1, "annotated": {}} | at always
      {"always": [{}]} | at always
      no JSON | valid JSON
      """)
  void otherTypesAreNamed(String text, String named) {
    assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(FiduciaException.class, e -> {
      assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
      assertThat(e.why() + e.advice()).contains(named);
    });
  }
}
