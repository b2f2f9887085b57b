package io.fiducia.nnunet.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnotatedStructuresTest {
  @TempDir
  private Path folder;

  private static Labels labels(boolean regions) {
    Map<String, List<Integer>> names = new LinkedHashMap<>();
    names.put("background", List.of(0));
    names.put("Brainstem", regions ? List.of(1, 2) : List.of(1));
    names.put("Larynx", List.of(2));
    names.put("Esophagus", List.of(3));
    return new Labels(names, regions ? List.of(1, 2, 3) : List.of(), OptionalInt.empty());
  }

  private AnnotatedStructures read(String text, boolean regions) throws IOException {
    Path file = folder.resolve(AnnotatedStructures.FILE);
    Files.writeString(file, text);
    return AnnotatedStructures.read(file, labels(regions));
  }

  @Test
  void casesHaveWhatIsListedAndWhatIsAlwaysThere() throws IOException {
    for (boolean regions : new boolean[]{false, true}) {
      AnnotatedStructures a = read("{\"always\": [\"Brainstem\"], \"annotated\": {\"hn_009\": [],"
          + " \"hn_020\": [\"Esophagus\"]}}", regions);
      assertThat(a.of("hn_009")).contains(Set.of(1));
      assertThat(a.of("hn_020")).contains(Set.of(1, 3));
      assertThat(a.of("hn_021")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {} | annotated
      {"annotated": []} | annotated
      {"annotated": {"a": "Larynx"}} | case a
      {"annotated": {"a": ["Larinx"]}} | Larinx
      {"annotated": {"a": ["background"]}} | background
      {"always": 1, "annotated": {}} | always
      {"annotated": {"a": [{}]}} | case a
      {"annotated": {"../x": []}} | a key of annotated
      not json | annotated_structures.json
      """)
  void badFilesAreRefused(String text, String named) {
    assertThatThrownBy(() -> read(text, false)).isInstanceOfSatisfying(FiduciaException.class,
        e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.where() + e.why()).contains(named);
        });
  }
}
