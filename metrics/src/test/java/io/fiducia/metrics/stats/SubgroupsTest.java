package io.fiducia.metrics.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubgroupsTest {
  @TempDir
  private Path folder;

  @Test
  void groupsByTextByNumberAndByThirds() throws IOException {
    StringBuilder text = new StringBuilder("case;scanner;stage;age;note\n");
    for (int i = 0; i < 14; i++) {
      text.append("c").append(i).append(i == 13 ? ";;" : i < 7 ? ";A;" : ";B;").append(i % 2 + 9)
          .append(';').append(40 + i).append(";free text ").append(i).append('\n');
    }
    Covariates c = Covariates.read(Files.writeString(folder.resolve("cov.csv"), text));
    assertThat(c.names()).containsExactly("scanner", "stage", "age", "note");
    List<String> cases = List.of("c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10",
        "c11", "c13", "unknown");
    Covariates.Grouping scanner = c.group("scanner", cases);
    assertThat(scanner.groups().keySet()).containsExactly("A", "B");
    assertThat(scanner.unstated()).containsExactly("c13", "unknown");
    assertThat(c.group("stage", cases).groups().keySet()).as("as numbers, not as text")
        .containsExactly("9", "10");
    Map<String, List<String>> age = c.group("age", cases).groups();
    assertThat(age.keySet()).containsExactly("40 to 44", "45 to 48", "49 to 53");
    assertThat(age.values()).extracting(List::size).containsExactly(5, 4, 4);
    assertThat(c.group("note", cases).groups()).isEmpty();
    assertThat(c.group("note", cases).why()).contains("13 different values");
  }

  /** Two groups of five against all 252 deals: the observed gap is the largest, 2 of 252. */
  @Test
  void aGapIsJudgedAgainstChance() {
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      values.put("low" + i, 0.5 + 0.01 * i);
      values.put("high" + i, 0.8 + 0.013 * i);
    }
    Subgroups s = of(MetricSense.HIGHER_IS_BETTER, values, Map.of());
    assertThat(s.worst()).contains("low");
    assertThat(s.best()).contains("high");
    assertThat(s.gap().orElseThrow().mean()).isCloseTo(0.306, within(1e-12));
    assertThat(s.gap().orElseThrow().low()).isBetween(0.28, 0.306);
    assertThat(s.p()).isCloseTo(2 / 252.0, within(0.003));
    Subgroups distance = of(MetricSense.LOWER_IS_BETTER, values, Map.of());
    assertThat(distance.worst()).contains("high");
    assertThat(distance.gap().orElseThrow().mean()).isPositive();
    assertThat(of(MetricSense.NONE, values, Map.of()).worst()).isEmpty();
  }

  @Test
  void fewValuesAreShownButNotJudged() {
    Map<String, Double> values = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      values.put("low" + i, 0.5 + 0.01 * i);
      values.put("high" + i, i == 4 ? Double.NaN : 0.8);
    }
    Subgroups s = of(MetricSense.HIGHER_IS_BETTER, values, Map.of("x", 0.1));
    assertThat(s.groups()).extracting(Subgroups.Group::judged).containsExactly(true, false);
    assertThat(s.groups().get(1).cases()).isEqualTo(5);
    assertThat(s.groups().get(1).mean().n()).isEqualTo(4);
    assertThat(s.worst()).isEmpty();
    assertThat(s.gap()).isEmpty();
    assertThat(s.p()).isNaN();
    assertThat(s.note()).contains("too few to judge", "1 case without a value of the covariate");
  }

  @Test
  void damagedTablesAreNamed() throws IOException {
    Path twice = Files.writeString(folder.resolve("twice.csv"), "case,age\na,1\na.nii.gz,2\n");
    assertThatThrownBy(() -> Covariates.read(twice)).hasMessageContaining("line 3")
        .hasMessageContaining("second time");
    Path empty = Files.writeString(folder.resolve("empty.csv"), "");
    assertThatThrownBy(() -> Covariates.read(empty)).hasMessageContaining("empty");
    Path bare = Files.writeString(folder.resolve("bare.csv"), "case\na\n");
    assertThatThrownBy(() -> Covariates.read(bare)).hasMessageContaining("no covariates");
    Path column = Files.writeString(folder.resolve("column.csv"), "case,age,age\na,1,2\n");
    assertThatThrownBy(() -> Covariates.read(column)).hasMessageContaining("named twice");
  }

  @Test
  void bandsAreChecked() throws IOException {
    Path bands = Files.writeString(folder.resolve("bands.csv"),
        "structure,metric,low,high,source\nBladder,Dice,0.9,,a paper\nBowel,HD95_mm,,10,\n");
    assertThat(ReferenceBands.read(bands)).containsExactly(
        new ReferenceBands.Band("Bladder", "Dice", 0.9, Double.POSITIVE_INFINITY, "a paper"),
        new ReferenceBands.Band("Bowel", "HD95_mm", Double.NEGATIVE_INFINITY, 10, ""));
    for (String row : List.of("x,Dice,0.9,0.8", "x,Dice,,", "x,Dice,a,1", "x,Dice,NaN,1",
        "x,Dice,0,1\nx,Dice,0,1")) {
      Path bad = Files.writeString(folder.resolve("bad.csv"),
          "structure,metric,low,high\n" + row + "\n");
      assertThatThrownBy(() -> ReferenceBands.read(bad)).as(row).hasMessageContaining("line ");
    }
  }

  private static Subgroups of(MetricSense sense, Map<String, Double> values,
      Map<String, Double> unstated) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("low", values.keySet().stream().filter(c -> c.startsWith("low")).toList());
    groups.put("high", values.keySet().stream().filter(c -> c.startsWith("high")).toList());
    Map<String, Double> all = new LinkedHashMap<>(values);
    all.putAll(unstated);
    return Subgroups.of("system", "x", "Dice", sense,
        new Covariates.Grouping("c", groups, List.copyOf(unstated.keySet()), ""), all.keySet(),
        all::get, 0);
  }
}
