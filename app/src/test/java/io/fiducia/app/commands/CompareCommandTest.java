package io.fiducia.app.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.app.CommandLineFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompareCommandTest {
  private static final double[] A = {.91, .85, .77, .88, .93, .62, .89, .90, .84, .80, .71, .66};
  private static final double[] B = {.93, .86, .84, .87, .95, .70, .93, .905, .85, .86, .705, .73};

  @TempDir
  private Path folder;

  /** The figures of scipy 1.17.1 and numpy 2.4.6 for these pairs; see the tests of the statistics. */
  @Test
  void writesTheFiguresOfTheContract() throws IOException {
    table("a", "Bladder", A);
    table("b", "Bladder", B);
    CommandLineFixture result = compare("a", "b");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("Dice: b against a", "Bladder", "b better",
        "b does better than a (p = 0.006). Dice 0.844 against 0.813: +0.031");
    JsonNode c = json().path("comparisons").path(0);
    assertThat(c.path("a").asString()).isEqualTo("a");
    assertThat(c.path("b").asString()).isEqualTo("b");
    assertThat(c.path("structure").asString()).isEqualTo("Bladder");
    assertThat(c.path("metric").asString()).isEqualTo("Dice");
    assertThat(c.path("n").asInt()).isEqualTo(12);
    assertThat(c.path("mean_difference").asDouble()).isCloseTo(0.030833333333333313,
        within(1e-12));
    assertThat(c.path("mean_b").asDouble() - c.path("mean_a").asDouble())
        .isCloseTo(c.path("mean_difference").asDouble(), within(1e-12));
    assertThat(c.path("ci_low").asDouble()).isCloseTo(0.01458, within(0.001));
    assertThat(c.path("ci_high").asDouble()).isCloseTo(0.04917, within(0.001));
    assertThat(c.path("p_wilcoxon").asDouble()).isEqualTo(0.00634765625);
    assertThat(c.path("p_permutation").asDouble()).isEqualTo(0.00634765625);
    assertThat(c.path("p_holm").asDouble()).isEqualTo(0.00634765625);
    String page = Files.readString(folder.resolve("out/compare.html"));
    assertThat(page).contains("<svg", "b does better than a", "Content-Security-Policy")
        .doesNotContain("http://", "https://", "NaN", "<link rel=\"stylesheet", " src=");
  }

  @Test
  void nnunetsSummaryAloneIsEnough() throws IOException {
    summary("a", "1", A);
    summary("b", "1", B);
    assertThat(compare("a", "b").exitCode()).isZero();
    assertThat(json().path("comparisons").path(0).path("structure").asString()).isEqualTo("1");
    assertThat(json().path("comparisons").path(0).path("p_wilcoxon").asDouble())
        .isEqualTo(0.00634765625);
    // Against a table with names, dataset.json tells which label is which structure.
    table("c", "Bladder", B);
    CommandLineFixture nothing = compare("a", "c", "--overwrite");
    assertThat(nothing.exitCode()).isEqualTo(3);
    assertThat(nothing.err()).contains("nothing can be compared", "--labels dataset.json");
    Files.writeString(folder.resolve("dataset.json"),
        "{\"labels\": {\"background\": 0, \"Bladder\": 1}}");
    assertThat(compare("a", "c", "--overwrite").exitCode()).isZero();
    assertThat(json().path("comparisons").path(0).path("structure").asString())
        .isEqualTo("Bladder");
  }

  @Test
  void whatOneSideLacksIsNamedAndCounted() throws IOException {
    table("a", "Bladder", A);
    table("b", "Bladder", new double[]{.93, .86, .84, .87, .95, .70, .93, Double.NaN});
    Files.writeString(folder.resolve("b/metrics.csv"), "case0,Bowel,Dice,0.5,\n",
        java.nio.file.StandardOpenOption.APPEND);
    CommandLineFixture result = compare("a", "b");
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("warning: case8: case not in b; in a only, so left out",
        "warning: case11: ", "warning: Bowel: structure not in a");
    JsonNode c = json().path("comparisons").path(0);
    assertThat(c.path("n").asInt()).isEqualTo(7);
    assertThat(c.path("n_only_a").asInt()).isEqualTo(1);
    assertThat(json().path("problems").size()).isEqualTo(5);
    assertThat(result.out()).contains("Left out: 1 case where b alone has no value");
  }

  @Test
  void aFolderThatWasNeverEvaluatedIsRefused() throws IOException {
    table("a", "Bladder", A);
    Files.createDirectories(folder.resolve("b"));
    CommandLineFixture result = compare("a", "b");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("the folder was never evaluated",
        folder.resolve("b").toString(), "fiducia evaluate");
    assertThat(compare("a", "nowhere").exitCode()).isEqualTo(3);
    assertThat(compare("a", "a").exitCode()).isEqualTo(2);
    assertThat(compare("a").exitCode()).isEqualTo(2);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void fewCasesAreSaidToBeFew() throws IOException {
    table("a", "Bladder", new double[]{.8, .7, .6, .5});
    table("b", "Bladder", new double[]{.9, .8, .7, .65});
    CommandLineFixture result = compare("a", "b");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("too few to test",
        "4 differences give p = 0.125 at best", "a large p says nothing");
    assertThat(json().path("comparisons").path(0).path("finding").asString()).isEqualTo("too few");
  }

  @Test
  void optionsAreChecked() throws IOException {
    table("a", "Bladder", A);
    table("b", "Bladder", B);
    CommandLineFixture metric = compare("a", "b", "--metrics", "HD95_mm");
    assertThat(metric.exitCode()).isEqualTo(3);
    assertThat(metric.err()).contains("no metric HD95_mm in a", "expected one of Dice");
    assertThat(compare("a", "b", "--equivalence", "Dice=-1").exitCode()).isEqualTo(2);
    assertThat(compare("a", "b", "--equivalence", "Dice=many").exitCode()).isEqualTo(2);
    assertThat(compare("a", "b", "--draws", "10").exitCode()).isEqualTo(2);
    assertThat(compare("a", "b", "--covariates", "nowhere.csv").exitCode()).isEqualTo(3);
    assertThat(compare("a", "b").exitCode()).isZero();
    String first = Files.readString(folder.resolve("out/compare.json"));
    assertThat(compare("a", "b").exitCode()).isEqualTo(3);
    assertThat(compare("a", "b", "--overwrite").exitCode()).isZero();
    assertThat(folder.resolve("out/compare.json")).hasContent(first);
    assertThat(compare("a", "b", "--overwrite", "--seed", "5").exitCode()).isZero();
    assertThat(Files.readString(folder.resolve("out/compare.json"))).isNotEqualTo(first);
  }

  @Test
  void marginsBandsAndCovariatesAreReported() throws IOException {
    table("a", "<b>Bladder", A);
    table("b", "<b>Bladder", B);
    Path bands = Files.writeString(folder.resolve("bands.csv"),
        "structure,metric,low,high,source\n<b>Bladder,Dice,0.8,0.9,two observers\n");
    StringBuilder covariates = new StringBuilder("case;scanner;age\n");
    for (int i = 0; i < 12; i++) {
      covariates.append("case").append(i).append(i < 6 ? ";old;" : ";new;").append(40 + i)
          .append('\n');
    }
    Path table = Files.writeString(folder.resolve("cov.csv"), covariates);
    CommandLineFixture result = compare("a", "b", "--equivalence", "Dice=0.05",
        "--reference-band", bands.toString(), "--covariates", table.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    // statsmodels 0.15.0, ttost_paired and DescrStatsW: 0.0305 and, for b in its band, 0.0539.
    JsonNode c = json().path("comparisons").path(0);
    assertThat(c.path("equivalence").path("p").asDouble()).isCloseTo(0.03051959218916062,
        within(1e-12));
    JsonNode band = json().path("reference_bands").path(1);
    assertThat(band.path("p").asDouble()).isCloseTo(0.05392666872444558, within(1e-12));
    assertThat(band.path("verdict").asString()).startsWith("not decided");
    JsonNode groups = json().path("subgroups").path(0);
    assertThat(groups.path("covariate").asString()).isEqualTo("scanner");
    assertThat(groups.path("groups").path(0).path("n").asInt()).isEqualTo(6);
    String page = Files.readString(folder.resolve("out/compare.html"));
    assertThat(page).contains("&lt;b&gt;Bladder", "Subgroups", "two observers")
        .doesNotContain("<b>Bladder", "NaN");
  }

  @Test
  void jsonOnStandardOutputIsTheDocument() throws IOException {
    table("a", "Bladder", A);
    table("b", "Bladder", B);
    CommandLineFixture result = compare("a", "b", "--json");
    assertThat(result.json()).isEqualTo(json());
  }

  private CommandLineFixture compare(String... args) {
    List<String> all = new ArrayList<>(List.of("compare"));
    for (String a : args) {
      boolean name = Stream.of("a", "b", "c", "nowhere").anyMatch(a::equals);
      all.add(name ? folder.resolve(a).toString() : a);
    }
    all.addAll(List.of("-o", folder.resolve("out").toString()));
    return CommandLineFixture.run(all.toArray(String[]::new));
  }

  private JsonNode json() throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(folder.resolve("out/compare.json")));
  }

  private void table(String name, String structure, double[] dice) throws IOException {
    StringBuilder text = new StringBuilder("case,structure,metric,value,unit\n");
    for (int i = 0; i < dice.length; i++) {
      text.append("case").append(i).append(',').append(structure).append(",Dice,")
          .append(Double.isNaN(dice[i]) ? "" : Double.toString(dice[i])).append(",\n");
    }
    Files.writeString(Files.createDirectories(folder.resolve(name)).resolve("metrics.csv"), text);
  }

  private void summary(String name, String label, double[] dice) throws IOException {
    List<String> cases = new ArrayList<>();
    for (int i = 0; i < dice.length; i++) {
      cases.add("{\"metrics\": {\"" + label + "\": {\"Dice\": " + dice[i]
          + ", \"TP\": 5}}, \"prediction_file\": \"/data/pred/case" + i + ".nii.gz\"}");
    }
    Files.writeString(Files.createDirectories(folder.resolve(name)).resolve("summary.json"),
        "{\"foreground_mean\": {\"Dice\": NaN}, \"metric_per_case\": ["
            + String.join(",", cases) + "]}");
  }
}
