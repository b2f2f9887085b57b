package io.fiducia.metrics.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The values are chosen so that means and exact p-values can be worked out by hand. */
class LearningCurveTest {
  private static final LearningCurve.Options OPTIONS = new LearningCurve.Options(
      List.of("Dice", "HD95_mm"), 10_000, 0);

  private final List<LearningCurve.Score> scores = new ArrayList<>();

  private void score(String system, int size, int repeat, String caseId, String structure,
      double dice, double distance) {
    scores.add(new LearningCurve.Score(system, size, repeat, caseId, structure, true, true,
        Map.of("Dice", dice, "HD95_mm", distance)));
  }

  private LearningCurve curve() {
    return LearningCurve.of(scores, OPTIONS);
  }

  private static double mean(LearningCurve curve, String structure, int size) {
    return curve.point("net", structure, "Dice", size).orElseThrow().mean().mean();
  }

  /** Six cases; from 1 to 4 cases each gains a little more than the one before. */
  private void sixCases() {
    for (int c = 0; c < 6; c++) {
      score("net", 1, 1, "case" + c, "organ", 0.5 + 0.01 * c, 5);
      score("net", 4, 1, "case" + c, "organ", 0.7 + 0.02 * c, 4);
      score("atlas", 4, 1, "case" + c, "organ", 0.6 - 0.01 * c, 6);
    }
  }

  @Test
  void repeatsAreAveragedBeforeCases() {
    // Case a has three repeats, case b one: each counts once.
    score("net", 1, 1, "a", "organ", 0.2, 1);
    score("net", 1, 2, "a", "organ", 0.4, 1);
    score("net", 1, 3, "a", "organ", 0.6, 1);
    score("net", 1, 1, "b", "organ", 0.8, 1);
    LearningCurve.Point point = curve().point("net", "organ", "Dice", 1).orElseThrow();
    assertThat(point.mean().mean()).isCloseTo(0.6, within(1e-15));
    assertThat(point.mean().n()).isEqualTo(2);
    assertThat(point.repeats()).hasSize(3);
    assertThat(point.repeats().get(0)).isCloseTo(0.5, within(1e-15));
    assertThat(point.repeats().get(2)).isCloseTo(0.6, within(1e-15));
  }

  @Test
  void allStructuresIsTheMeanOfThoseThatACaseHas() {
    score("net", 1, 1, "a", "organ", 0.2, 1);
    score("net", 1, 1, "a", "target", 0.6, 3);
    score("net", 1, 1, "b", "organ", 0.8, 1);
    scores.add(new LearningCurve.Score("net", 1, 1, "b", "target", false, true,
        Map.of("Dice", 0.0)));
    LearningCurve curve = curve();
    assertThat(curve.structures()).containsExactly(LearningCurve.ALL, "organ", "target");
    assertThat(mean(curve, LearningCurve.ALL, 1)).isCloseTo((0.4 + 0.8) / 2, within(1e-15));
    assertThat(mean(curve, "organ", 1)).isCloseTo(0.5, within(1e-15));
    assertThat(mean(curve, "target", 1)).isCloseTo(0.6, within(1e-15));
    assertThat(curve.absent())
        .containsExactly(new LearningCurve.Absent("net", "target", 1, 1, 1));
  }

  @Test
  void aDistanceThatIsMissingIsCountedAndNotReplacedByTheOthers() {
    score("net", 1, 1, "a", "organ", 0.0, Double.NaN);
    score("net", 1, 1, "a", "target", 0.6, 3);
    score("net", 1, 1, "b", "organ", 0.8, 1);
    score("net", 1, 1, "b", "target", 0.8, 2);
    LearningCurve.Point all = curve().point("net", LearningCurve.ALL, "HD95_mm", 1).orElseThrow();
    assertThat(all.mean().mean()).isCloseTo(1.5, within(1e-15));
    assertThat(all.missing()).isEqualTo(1);
    assertThat(mean(curve(), LearningCurve.ALL, 1)).isCloseTo((0.3 + 0.8) / 2, within(1e-15));
  }

  /** Six differences of one sign: the exact signed-rank test gives 2 / 2^6. */
  @Test
  void moreCasesAndTheBaselineAreComparedCaseByCase() {
    sixCases();
    LearningCurve curve = curve();
    LearningCurve.Finding more = curve.moreCases().orElseThrow();
    assertThat(more.otherSize()).isEqualTo(1);
    assertThat(more.size()).isEqualTo(4);
    assertThat(more.overall().n()).isEqualTo(6);
    assertThat(more.overall().interval().mean()).isCloseTo(0.225, within(1e-12));
    assertThat(more.overall().pHolm()).isEqualTo(2.0 / 64);
    assertThat(more.structures()).isEmpty();
    assertThat(curve.against("atlas")).hasSize(1).first().satisfies(f -> {
      assertThat(f.size()).isEqualTo(4);
      assertThat(f.overall().interval().mean()).isCloseTo(0.175, within(1e-12));
      assertThat(f.overall().pHolm()).isEqualTo(2.0 / 64);
    });
    assertThat(LearningCurveText.sentence(curve))
        .startsWith("More support helped: mean Dice 0.525 with 1 case and 0.750 with 4 (difference"
            + " +0.225, 95 % interval ")
        .contains(", p = 0.031, 6 test cases); net with 4 cases does better than atlas (0.750"
            + " against 0.575, difference +0.175")
        .endsWith(".");
  }

  @Test
  void whatIsNotShownIsNotClaimed() {
    for (int c = 0; c < 8; c++) {
      score("net", 1, 1, "case" + c, "organ", 0.5, 5);
      score("net", 2, 1, "case" + c, "organ", 0.5 + (c % 2 == 0 ? 0.1 : -0.1) * (1 + c / 2), 5);
    }
    assertThat(LearningCurveText.sentence(curve()))
        .startsWith("It is not shown that more support helps: ");
    scores.clear();
    for (int c = 0; c < 6; c++) {
      score("net", 1, 1, "case" + c, "organ", 0.7, 5);
      score("net", 2, 1, "case" + c, "organ", 0.6 - 0.01 * c, 5);
    }
    assertThat(LearningCurveText.sentence(curve())).startsWith("More support did harm: ");
    scores.clear();
    for (int c = 0; c < 3; c++) {
      score("net", 1, 1, "case" + c, "organ", 0.5, 5);
      score("net", 2, 1, "case" + c, "organ", 0.6 + 0.01 * c, 5);
    }
    assertThat(LearningCurveText.sentence(curve())).startsWith("There are too few test cases");
    scores.clear();
    score("net", 1, 1, "a", "organ", 0.5, 5);
    assertThat(LearningCurveText.sentence(curve())).isEmpty();
  }

  @Test
  void structuresAreOneFamilyOfTests() {
    for (String structure : List.of("organ", "target")) {
      for (int c = 0; c < 8; c++) {
        score("net", 1, 1, "case" + c, structure, 0.5, 5);
        score("net", 2, 1, "case" + c, structure, 0.6 + 0.01 * c, 5);
      }
    }
    LearningCurve.Finding more = curve().moreCases().orElseThrow();
    assertThat(more.overall().structure()).isEqualTo(LearningCurve.ALL);
    assertThat(more.overall().pHolm()).isEqualTo(2.0 / 256);
    assertThat(more.structures()).extracting(PairedComparison::structure)
        .containsExactly("organ", "target");
    assertThat(more.structures()).allMatch(c -> c.pHolm() == 4.0 / 256);
  }

  @Test
  void systemsWithoutACommonSizeOrCaseAreNotCompared() {
    score("net", 1, 1, "a", "organ", 0.5, 5);
    score("other", 3, 1, "a", "organ", 0.5, 5);
    score("third", 1, 1, "b", "organ", 0.5, 5);
    LearningCurve curve = curve();
    assertThat(curve.systems()).containsExactly("net", "other", "third");
    assertThat(curve.findings()).isEmpty();
    assertThat(curve.sizes()).containsExactly(1, 3);
    assertThat(curve.sizes("net")).containsExactly(1);
    assertThatThrownBy(() -> LearningCurve.of(List.of(), OPTIONS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theDocumentHoldsPointsAndFindings() {
    sixCases();
    score("net", 8, 1, "case0", "organ", 0.9, Double.NaN);
    JsonNode json = LearningCurveWriter.document(curve());
    assertThat(json.path("system").asString()).isEqualTo("net");
    assertThat(json.path("primary_metric").asString()).isEqualTo("Dice");
    assertThat(json.path("sizes").toString()).isEqualTo("[1,4,8]");
    JsonNode first = json.path("points").path(0);
    assertThat(first.path("size").asInt()).isEqualTo(1);
    assertThat(first.path("mean").asDouble()).isCloseTo(0.525, within(1e-12));
    assertThat(first.path("n").asInt()).isEqualTo(6);
    assertThat(first.path("ci_low").asDouble()).isLessThan(0.525);
    JsonNode one = json.path("points").path(2);
    assertThat(one.path("size").asInt()).isEqualTo(8);
    assertThat(one.path("ci_low").isNull()).as("one value has no interval").isTrue();
    assertThat(json.path("findings").path(0).path("question").asString())
        .isEqualTo("more_cases");
    assertThat(json.path("findings").path(1).path("overall").path("mean_difference").asDouble())
        .isCloseTo(0.175, within(1e-12));
    assertThat(json.toString()).doesNotContain("NaN");
  }
}
