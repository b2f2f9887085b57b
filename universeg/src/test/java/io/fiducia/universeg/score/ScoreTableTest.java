package io.fiducia.universeg.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreTableTest {
  @TempDir
  private Path folder;

  private static ScoredCell cell(String system, int size, double seconds, String structure,
      double dice, double distance) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("Dice", dice);
    values.put("HD95_mm", distance);
    values.put("n_pred", 0.0);
    values.put("n_ref", 12.0);
    return new ScoredCell(system, size, 1, "case_1", List.of("s"), seconds,
        Map.of(structure, values));
  }

  @Test
  void aValueThatDoesNotExistIsAnEmptyFieldAndNamesAreQuoted() throws IOException {
    Path file = folder.resolve("metrics.csv");
    ScoreTable.write(List.of(cell("net, \"new\"", 2, 1, "Kidney, left", 0, Double.NaN)), file);
    assertThat(Files.readAllLines(file)).containsExactly(
        "system,n,repeat,case,structure,Dice,HD95_mm,NSD@2mm,volume_pred_cm3,volume_ref_cm3,n_pred,"
            + "n_ref",
        "\"net, \"\"new\"\"\",2,1,case_1,\"Kidney, left\",0.0,,,,,0,12");
  }

  @Test
  void timesAreMeansOfTheCellsThatKnowThem() {
    List<ScoredCell> cells = List.of(cell("a", 1, 2, "x", 1, 0), cell("a", 1, 5, "x", 1, 0),
        cell("a", 2, 9, "x", 1, 0), cell("b", 1, Double.NaN, "x", 1, 0));
    assertThat(ScoreTable.seconds(cells, "a", 1)).isEqualTo("3.5");
    assertThat(ScoreTable.seconds(cells, "b", 1)).isEmpty();
  }
}
