package io.fiducia.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.SyntheticDataset;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.Structure;
import io.fiducia.metrics.stats.Bootstrap;
import io.fiducia.nnunet.train.TrainingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportWriterTest {
  @TempDir
  private Path folder;

  @Test
  void aCaseWithoutItsImageIsNamedAndTheRestStands() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 2);
    Path gone = SyntheticDataset.image(raw, 1);
    Files.delete(gone);
    String page = page(data(raw, Map.of("ball_0", SyntheticDataset.image(raw, 0), "ball_1", gone)));
    assertThat(page).contains("No picture: ", gone.getFileName().toString(),
        "data:image/png", "</html>").doesNotContain(gone.getParent().toString());
    String without = page(data(raw, Map.of("ball_0", SyntheticDataset.image(raw, 0))));
    assertThat(without).contains("No picture: ", "ball_1", "data:image/png", "</html>");
  }

  @Test
  void valuesThatDoNotExistAreDashesOnThePageAndNullForPrograms() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 2);
    ReportData data = data(raw, Map.of());
    assertThat(page(data)).contains("no value").doesNotContain("NaN", "Infinity", "http");
    Path file = folder.resolve("report.json");
    ReportJson.write(data, 10, 1, "1", file);
    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    assertThat(json.path("mean_dice").isNull()).isTrue();
    JsonNode absent = json.path("structures").path("<b>&\"x\"");
    assertThat(absent.path("mean_dice").isNull()).isTrue();
    assertThat(absent.path("ci_low").isNull()).isTrue();
    assertThat(absent.path("n").asInt()).isZero();
    assertThat(json.path("structures").path("ball").path("mean_dice").asDouble()).isEqualTo(0.75);
  }

  @Test
  void chartsLeaveOutWhatDoesNotExist() {
    double nan = Double.NaN;
    double[] x = {1, 2, 3, 4};
    String lines = Charts.lines("Loss", "steps", -1, 0, List.of(
        new Charts.Series("gap", "#000", false, x, new double[]{0, nan, -1, -0.5}),
        new Charts.Series("none", "#000", true, x, new double[]{nan, nan, nan, nan})));
    // A gap starts a new line.
    assertThat(lines).doesNotContain("NaN", "Infinity").containsPattern("d=\"M[^M\"]+M[^M\"]+L");
    String flat = Charts.lines("Loss", "steps", 0, 0,
        List.of(new Charts.Series("flat", "#000", false, x, new double[]{0, 0, 0, 0})));
    assertThat(flat).doesNotContain("NaN", "Infinity");
    assertThat(Charts.lines("Loss", "steps", 0, 1, List.of())).doesNotContain("NaN", "Infinity");
    double[] values = {nan, 0.5, nan};
    String strips = Charts.strips(List.of(
        new Charts.Strip("some", "#000", values, Bootstrap.mean(values, 100, 0)),
        new Charts.Strip("none", "#000", new double[]{nan},
            Bootstrap.mean(new double[]{nan}, 100, 0))));
    assertThat(strips).doesNotContain("NaN", "Infinity").contains("no value").containsOnlyOnce(
        "<circle");
  }

  private String page(ReportData data) throws IOException {
    Path file = folder.resolve("report.html");
    ReportWriter.write(data, file);
    return Files.readString(file);
  }

  /** Two cases: the ball scored 1 and 0.5, the other structure absent everywhere. */
  private static ReportData data(Path raw, Map<String, Path> images) {
    List<Structure> structures = List.of(new Structure("1", "ball", List.of(1)),
        new Structure("3", "<b>&\"x\"", List.of(3)));
    List<CaseScores> cases = List.of(scores(raw, 0, 1), scores(raw, 1, 0.5));
    TrainingLog log = new TrainingLog();
    log.add(new TrainingLog.Row(Double.NaN, 0.3, List.of(0.5, Double.NaN), 0.5, 0.5, 0.01, 0, 1,
        5));
    log.add(new TrainingLog.Row(-0.2, Double.NaN, List.of(Double.NaN, Double.NaN), 0.5, 0.5, 0.01,
        1, 2, 5));
    return new ReportData("Test <i>", true, new Evaluation(structures, cases, 2, 2, List.of()),
        log, images, Map.of("Train", 1.0), Map.of("Fact", "<u>"), List.of("fiducia demo"),
        List.of("A & B"), 0);
  }

  private static CaseScores scores(Path raw, int c, double dice) {
    return new CaseScores("ball_" + c, SyntheticDataset.label(raw, c),
        SyntheticDataset.label(raw, c),
        Map.of("1", Map.of("Dice", dice, "volume_difference_rel", 0.1), "3",
            Map.of("Dice", Double.NaN, "volume_difference_rel", Double.NaN)));
  }
}
