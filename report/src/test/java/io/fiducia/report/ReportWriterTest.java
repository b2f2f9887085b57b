package io.fiducia.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.SeededRandom;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.stats.Bootstrap;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportWriterTest {
  private static final double NAN = ReportFixture.NAN;

  @TempDir
  private Path folder;

  @Test
  void aCaseWhoseImageCannotBeReadIsNamedAndTheRestStands() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 2);
    Path image = SyntheticDataset.image(raw, 1);
    Map<String, Path> images = Map.of("ball_0", SyntheticDataset.image(raw, 0), "ball_1", image);
    byte[] whole = Files.readAllBytes(image);
    Files.write(image, java.util.Arrays.copyOf(whole, 50));
    assertThat(page(ReportFixture.data(raw, 2, images))).contains("No picture: ",
        image.getFileName().toString(), "data:image/jpeg", "</html>")
        .doesNotContain(folder.toString());
    NiftiWriter.writeFloats(image, new FloatVolume(SyntheticDataset.grid(new Size(20, 24, 17)),
        new float[20 * 24 * 17]));
    assertThat(page(ReportFixture.data(raw, 2, images))).contains("No picture: ",
        "image and contours differ in size", "data:image/jpeg");
    Files.delete(image);
    assertThat(page(ReportFixture.data(raw, 2, images))).contains("No picture: ",
        image.getFileName().toString(), "data:image/jpeg");
    assertThat(page(ReportFixture.data(raw, 2, Map.of("ball_0", SyntheticDataset.image(raw, 0)))))
        .contains("No picture: ", "ball_1", "data:image/jpeg", "</html>");
  }

  @Test
  void valuesThatDoNotExistAreDashesOnThePageAndNullForPrograms() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 2);
    ReportData data = ReportFixture.data(raw, 2, Map.of());
    assertThat(page(data))
        .contains("no value", "absent", "Without any value and not counted: &lt;b")
        .doesNotContain("NaN", "Infinity", "http:", "https:");
    Path file = folder.resolve("report.json");
    ReportJson.write(data, 10, "1", file);
    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    JsonNode absent = json.path("structures").path(ReportFixture.ABSENT);
    assertThat(absent.path("mean_dice").isNull()).isTrue();
    assertThat(absent.path("ci_low").isNull()).isTrue();
    assertThat(absent.path("n").asInt()).isZero();
    assertThat(json.path("structures").path("ball").path("mean_dice").asDouble()).isEqualTo(0.75);
    assertThat(json.path("mean_dice").asDouble()).isEqualTo(0.75);
    assertThat(json.path("synthetic").asBoolean()).isTrue();
    assertThat(json.path("phases").path(0).path("peak_memory_mb").asInt()).isEqualTo(100);
    assertThat(json.path("peak_memory_mb").asInt()).isEqualTo(100);
  }

  @Test
  void pageAndJsonHaveTheSameHeadline() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 3);
    // Case means would give (0.9 + 0.45 + 0.3) / 3 = 0.55, not (0.5 + 0.45) / 2.
    ReportData data = data(raw, new double[][]{{0.9, NAN}, {0.3, 0.6}, {0.3, 0.3}});
    Path file = folder.resolve("report.json");
    assertThat(ReportJson.write(data, 10, "1", file)).isEqualTo(0.475, within(1e-12));
    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    assertThat(json.path("mean_dice").asDouble()).isEqualTo(0.475, within(1e-12));
    assertThat(page(data)).contains("Mean Dice <b>0.475</b>");
  }

  /** Without missing values the interval is that of the cases' means. */
  @Test
  void theHeadlineIsTheBootstrapOfCaseMeansWhereNothingIsMissing() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 3);
    ReportData data = data(raw, new double[][]{{0.9, 0.7}, {0.3, 0.6}, {0.5, 0.3}});
    Bootstrap.Interval expected = Bootstrap.mean(new double[]{0.8, 0.45, 0.4},
        ReportData.BOOTSTRAP_DRAWS, 0);
    Bootstrap.Interval found = Headline.of(data.evaluation(), 0).mean();
    assertThat(found.mean()).isEqualTo(0.55, within(1e-12));
    assertThat(found.low()).isEqualTo(expected.low(), within(1e-12));
    assertThat(found.high()).isEqualTo(expected.high(), within(1e-12));
    assertThat(found.n()).isEqualTo(3);
  }

  @Test
  void surfaceMetricsStandOnThePageWhereTheyWereMeasured() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 2);
    List<CaseScores> cases = new ArrayList<>();
    double[] hd95 = {3.25, NAN};
    for (int c = 0; c < 2; c++) {
      cases.add(new CaseScores("ball_" + c, SyntheticDataset.label(raw, c),
          SyntheticDataset.label(raw, c),
          Map.of("1", Map.of("Dice", 0.8, "HD95_mm", hd95[c], "NSD@2mm", 0.625))));
    }
    assertThat(page(ReportFixture.data(List.of(Structure.of("ball", 1)), cases,
        Map.of()))).contains("HD95, median", "3.3 mm (n 1)", "Surface Dice at 2 mm", "0.625");
    assertThat(page(ReportFixture.data(raw, 2, Map.of()))).doesNotContain("HD95");
  }

  @Test
  void structuresThatWereNotAnnotatedAreNoFailures() throws IOException {
    List<CaseScores> cases = List.of(
        new CaseScores("both", folder, folder, Map.of("1", Map.of("Dice", 0.8), "2",
            Map.of("Dice", 0.6))),
        new CaseScores("one", folder, folder, Map.of("1", Map.of("Dice", 0.9))));
    ReportData data = ReportFixture.data(List.of(Structure.of("ball", 1),
        Structure.of("cube", 2)), cases, Map.of());
    assertThat(page(data)).contains("not annotated", "Nothing stands out");
    assertThat(Headline.of(data.evaluation(), 0).mean().mean()).isEqualTo(0.725, within(1e-12));
  }

  @Test
  void failuresComeFirstTheGravestOnTop() {
    List<CaseScores> cases = new ArrayList<>();
    double[] dice = {0.9, 0.91, 0.92, 0.93, 0.6, 0.3, 0, 0, NAN};
    double[] reference = {9, 9, 9, 9, 9, 9, 7, 0, 0};
    double[] drawn = {9, 9, 9, 9, 9, 9, 0, 5, 0};
    for (int c = 0; c < dice.length; c++) {
      cases.add(new CaseScores("case_" + c, folder, folder, Map.of("1", Map.of("Dice", dice[c],
          "volume_ref_cm3", reference[c], "volume_pred_cm3", drawn[c]))));
    }
    List<Failure> failures = Failure.in(ReportFixture
        .data(List.of(Structure.of("ball", 1)), cases, Map.of()).evaluation());
    assertThat(failures).extracting(Failure::caseId).containsExactly("case_6", "case_7", "case_5");
    assertThat(failures).extracting(Failure::what).containsExactly(Failure.What.MISSED,
        Failure.What.INVENTED, Failure.What.POOR);
    assertThat(failures).extracting(Failure::cm3).containsExactly(7.0, 5.0, 9.0);
    // Quartiles 0.9 and 0.92: the fence is 0.87.
    List<Failure> alone = Failure.in(ReportFixture
        .data(List.of(Structure.of("ball", 1)), cases.subList(0, 5), Map.of()).evaluation());
    assertThat(alone).extracting(Failure::what).containsExactly(Failure.What.OUTLIER);
  }

  /** The worst that pictures can be: noise in the image and in forty structures' outlines. */
  @Test
  void thePageStaysUnderFiveMegabytes() throws IOException {
    Size size = new Size(256, 256, 60);
    Geometry grid = Geometry.of(size, new Vec3(1, 1, 3));
    SeededRandom random = SeededRandom.of(1, "noise");
    float[] image = new float[Math.toIntExact(size.voxels())];
    short[] labels = new short[image.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextFloat();
      labels[i] = (short) random.nextInt(41);
    }
    Path imageFile = folder.resolve("image.nii.gz");
    Path labelFile = folder.resolve("label.nii.gz");
    NiftiWriter.writeFloats(imageFile, new FloatVolume(grid, image));
    NiftiWriter.writeLabels(labelFile, new LabelVolume(grid, labels));
    List<Structure> structures = new ArrayList<>();
    for (int label = 1; label <= 40; label++) {
      structures.add(Structure.of("structure " + label, label));
    }
    List<CaseScores> cases = new ArrayList<>();
    Map<String, Path> images = new HashMap<>();
    for (int c = 0; c < 3000; c++) {
      Map<String, Map<String, Double>> scores = new HashMap<>();
      for (Structure s : structures) {
        scores.put(s.key(), Map.of("Dice", random.nextDouble()));
      }
      cases.add(new CaseScores("case_" + c, labelFile, labelFile, scores));
      images.put("case_" + c, imageFile);
    }
    Path file = folder.resolve("report.html");
    ReportWriter.write(ReportFixture.data(structures, cases, images), file);
    assertThat(Files.size(file)).isBetween(2_000_000L, (long) ReportWriter.MOST_BYTES);
    assertThat(Files.readString(file)).contains("The other 2", "stand in metrics.csv",
        "the others are marked in the table of cases");
  }

  @Test
  void numbersReadWell() {
    assertThat(Html.number(-0.04, 1)).isEqualTo("0.0");
    assertThat(Html.number(-1.25, 1)).isIn("−1.2", "−1.3");
    assertThat(Html.number(NAN, 1)).isEqualTo("–");
    assertThat(Html.signedPercent(0.0512)).isEqualTo("+5.1 %");
    assertThat(Html.signedPercent(-0.0001)).isEqualTo("0.0 %");
    assertThat(Html.duration(59.94)).isEqualTo("59.9 s");
    assertThat(Html.duration(59.96)).isEqualTo("1 min 0 s");
    assertThat(Html.duration(3725)).isEqualTo("1 h 2 min");
  }

  private String page(ReportData data) throws IOException {
    Path file = folder.resolve("report.html");
    ReportWriter.write(data, file);
    return Files.readString(file);
  }

  /** Two structures scored so, one row a case. */
  private static ReportData data(Path raw, double[][] dice) {
    List<CaseScores> cases = new ArrayList<>();
    for (int c = 0; c < dice.length; c++) {
      cases.add(new CaseScores("ball_" + c, SyntheticDataset.label(raw, c),
          SyntheticDataset.label(raw, c),
          Map.of("1", Map.of("Dice", dice[c][0]), "2", Map.of("Dice", dice[c][1]))));
    }
    return ReportFixture.data(List.of(Structure.of("ball", 1),
        Structure.of("cube", 2)), cases, Map.of());
  }
}
