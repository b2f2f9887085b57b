package io.fiducia.metrics.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreReaderTest {
  @TempDir
  private Path folder;

  private Path scores;

  @BeforeEach
  void makeFolder() throws IOException {
    scores = Files.createDirectories(folder.resolve("scores"));
  }

  @Test
  void readsATidyTable() throws IOException {
    Files.writeString(scores.resolve("metrics.csv"), "\ufeffcase,structure,metric,value,unit\r\n"
        + "\"p,1\",\"Femur \"\"L\"\"\",Dice,0.5,\r\np2.nii.gz,Bladder,HD95_mm,Infinity,mm\r\n"
        + "p2,Bladder,Dice,,\r\n\r\n");
    SystemScores s = read();
    assertThat(s.name()).isEqualTo("scores");
    assertThat(s.cases()).containsExactly("p,1", "p2");
    assertThat(s.structures()).containsExactly("Femur \"L\"", "Bladder");
    assertThat(s.value("Femur \"L\"", "Dice", "p,1")).isEqualTo(0.5);
    assertThat(s.value("Bladder", "Dice", "p2")).isNaN();
    assertThat(s.scored("Bladder", "Dice", "p2")).isTrue();
    assertThat(s.scored("Bladder", "Dice", "p,1")).isFalse();
    assertThat(s.value("Bladder", "HD95_mm", "p2")).as("not finite is missing").isNaN();
  }

  /** The shape that nnU-Net 2.8.1's evaluate_folder writes, regions and NaN among it. */
  @Test
  void readsNnunetsSummary() throws IOException {
    Files.writeString(scores.resolve("summary.json"), """
        {"foreground_mean": {"Dice": NaN}, "mean": {"1": {"Dice": 0.5}}, "metric_per_case": [
         {"metrics": {"1": {"Dice": 0.5, "FN": 3}, "(1, 2)": {"Dice": NaN}},
          "prediction_file": "/data/pred/case.1.nii.gz", "reference_file": "/data/ref/x.nii.gz"},
         {"metrics": {"1": {"Dice": null}, "(1, 2)": {"Dice": 0.25}},
          "prediction_file": "C:\\\\pred\\\\two.mha"}]}
        """);
    SystemScores s = read();
    assertThat(s.cases()).containsExactly("case.1", "two");
    assertThat(s.structures()).containsExactly("1", "(1, 2)");
    assertThat(s.metrics()).containsExactly("Dice", "FN");
    assertThat(s.value("(1, 2)", "Dice", "two")).isEqualTo(0.25);
    assertThat(s.value("1", "Dice", "two")).isNaN();
  }

  /** A region of one label had no comma once; the old file and nnU-Net's speak of one structure. */
  @Test
  void aRegionOfOneLabelHasOneKey() throws IOException {
    Files.writeString(scores.resolve("summary.json"),
        summary("(2)", ", \"names\": {\"(2)\": \"Cube\"}"));
    Path theirs = Files.createDirectories(folder.resolve("theirs"));
    Files.writeString(theirs.resolve("summary.json"), summary("(2,)", ""));
    assertThat(ScoreReader.read(List.of(scores, theirs), Optional.empty()))
        .allMatch(s -> s.structures().equals(List.of("Cube")));
  }

  @Test
  void numbersGetTheNamesThatAnotherFolderTells() throws IOException {
    Files.writeString(scores.resolve("summary.json"), summary("1", ""));
    Path ours = Files.createDirectories(folder.resolve("ours"));
    Files.writeString(ours.resolve("summary.json"),
        summary("1", ", \"names\": {\"1\": \"Bladder\"}"));
    List<SystemScores> both = ScoreReader.read(List.of(scores, ours), Optional.empty());
    assertThat(both).allMatch(s -> s.structures().equals(List.of("Bladder")));
    assertThat(read().structures()).containsExactly("1");
  }

  @Test
  void foldersOfOneNameAreToldApart() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other/scores"));
    Files.writeString(scores.resolve("summary.json"), summary("1", ""));
    Files.writeString(other.resolve("summary.json"), summary("1", ""));
    assertThat(ScoreReader.read(List.of(scores, other), Optional.empty()))
        .extracting(SystemScores::name)
        .containsExactly(folder.getFileName() + "/scores", "other/scores");
    assertThatThrownBy(() -> ScoreReader
        .read(List.of(scores, folder.resolve("other/../scores")), Optional.empty()))
        .hasMessageContaining("given twice");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "metrics.csv | case,structure,metric,value,unit;a,b,Dice,much, | line 2 | not a number",
    "metrics.csv | case,structure,metric,value,unit;a,b,Dice | line 2 | expected 5 fields, found 3",
    "metrics.csv | case,structure,metric,value,unit;a,b,Dice,1,;a,b,Dice,2, | line 3 | twice",
    "metrics.csv | case,structure,metric,value,unit | scores | holds no case",
    "metrics.csv | nothing here | line 1 | not a table of metrics",
    "metrics.csv | case,structure,metric,value,unit;a,\"b,Dice,1, | line 2 | does not end",
    "summary.json | {\"metric_per_case\": [ | line 1 | cannot read summary.json",
    "summary.json | [] | summary.json | expected a list metric_per_case",
    "summary.json | {\"metric_per_case\": [{\"metrics\": {}}]} | metric_per_case[0] | prediction_file",
    "summary.json | {\"metric_per_case\": []} | scores | holds no case"})
  void damagedFilesAreNamed(String file, String text, String where, String why)
      throws IOException {
    Files.writeString(scores.resolve(file), text.replace(';', '\n'));
    assertThatThrownBy(this::read).isInstanceOf(FiduciaException.class)
        .hasMessageContaining(where).hasMessageContaining(why);
  }

  @Test
  void otherEncodingsAreNamed() throws IOException {
    Files.write(scores.resolve("metrics.csv"),
        "case,structure,metric,value,unit\nM\u00fcller,b,Dice,1,\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(this::read).hasMessageContaining("UTF-8");
  }

  private SystemScores read() {
    return ScoreReader.read(List.of(scores), Optional.empty()).get(0);
  }

  private static String summary(String label, String more) {
    return "{\"metric_per_case\": [{\"metrics\": {\"" + label
        + "\": {\"Dice\": 0.5}}, \"prediction_file\": \"a.nii.gz\"}]" + more + "}";
  }
}
