package io.fiducia.metrics.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.base.SeededRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemComparisonTest {
  private static final SystemComparison.Options PLAIN = SystemComparison.Options.plain(0);

  @Test
  void everyPairAndStructureOfAMetricIsOneFamily() {
    ComparisonReport r = compare(PLAIN, system("a", 12, 0, "x", "y"),
        system("b", 12, 0.1, "x", "y"), system("c", 12, 0.2, "x", "y"));
    assertThat(r.comparisons()).hasSize(6).allMatch(c -> c.family() == 6 && c.n() == 12);
    assertThat(r.comparisons()).extracting(c -> c.b() + "-" + c.a()).containsExactly("b-a", "b-a",
        "c-a", "c-a", "c-b", "c-b");
    double[] p = r.comparisons().stream().mapToDouble(c -> c.wilcoxon().p()).toArray();
    double[] holm = Holm.adjust(p);
    for (int i = 0; i < p.length; i++) {
      assertThat(r.comparisons().get(i).pHolm()).isEqualTo(holm[i]);
    }
    assertThat(r.comparisons().get(0).interval().mean()).isCloseTo(0.1, within(1e-12));
    assertThat(Verdict.of(r.comparisons().get(0)).kind()).isEqualTo(Verdict.Kind.BETTER);
    assertThat(r.ranks().get(0).stability().rank()).containsExactly(3.0, 2.0, 1.0);
    assertThat(r.problems()).isEmpty();
  }

  @Test
  void whatIsMissingIsCountedByItsReason() {
    SystemScores.Builder a = new SystemScores.Builder();
    SystemScores.Builder b = new SystemScores.Builder();
    double nan = Double.NaN;
    double[][] values = {{0.5, 0.6}, {0.5, nan}, {nan, 0.5}, {nan, nan}};
    for (int i = 0; i < values.length; i++) {
      a.put("x", "Dice", "case" + i, values[i][0]);
      b.put("x", "Dice", "case" + i, values[i][1]);
    }
    a.addCase("not annotated");
    b.addCase("not annotated");
    b.put("x", "Dice", "not in a", 0.4);
    ComparisonReport r = compare(PLAIN, a.build("a"), b.build("b"));
    PairedComparison c = r.comparisons().get(0);
    assertThat(c.n()).isEqualTo(1);
    assertThat(c.onlyA()).isEqualTo(1);
    assertThat(c.onlyB()).isEqualTo(1);
    assertThat(c.neither()).isEqualTo(1);
    assertThat(c.unscored()).isEqualTo(1);
    assertThat(c.interval().low()).as("one case gives no interval").isNaN();
    assertThat(r.problems()).hasSize(1).first()
        .matches(p -> p.where().equals("not in a") && p.message().contains("b only"));
    assertThat(Verdict.of(c).text()).contains("where b alone has no value",
        "where a alone has no value", "neither has a value", "not scored on both sides");
  }

  @Test
  void verdictsClaimNoMoreThanWasShown() {
    assertThat(Verdict.of(one(new double[8])).kind()).isEqualTo(Verdict.Kind.IDENTICAL);
    Verdict few = Verdict.of(one(.1, .2, .1, .3));
    assertThat(few.kind()).isEqualTo(Verdict.Kind.TOO_FEW);
    assertThat(few.text()).contains("p = 0.125 at best", "says nothing");
    Verdict unsure = Verdict.of(one(.1, -.1, .2, -.2, .1, -.05, .02, .03));
    assertThat(unsure.kind()).isEqualTo(Verdict.Kind.NOT_SHOWN);
    assertThat(unsure.text()).contains("does not make them equal", "worse to", "better",
        "80 % power");
    Verdict worse = Verdict.of(one(-.1, -.2, -.1, -.3, -.1, -.2, -.15, -.11));
    assertThat(worse.kind()).isEqualTo(Verdict.Kind.WORSE);
    assertThat(worse.brief()).isEqualTo("a better");
    // Twelve small gains and one large loss: signed ranks and mean disagree, and that is said.
    Verdict turned = Verdict.of(one(.010, .011, .012, .013, .014, .015, .016, .017, .018, .019,
        .020, .021, -.5));
    assertThat(turned.text()).contains("The mean points the other way");
  }

  @Test
  void lowerIsBetterForDistances() {
    ComparisonReport r = compare(
        new SystemComparison.Options(List.of("HD95_mm"), 10_000, 0, Map.of(), List.of(),
            Optional.empty()),
        metric("a", "HD95_mm", 5, 5.5, 6, 7, 8, 9.5, 10, 11),
        metric("b", "HD95_mm", 4, 4.1, 5, 5.5, 6.6, 8, 8.1, 9));
    assertThat(Verdict.of(r.comparisons().get(0)).kind()).isEqualTo(Verdict.Kind.BETTER);
    assertThat(r.comparisons().get(0).better()).isEqualTo(8);
    assertThat(r.ranks().get(0).stability().rank()).containsExactly(2.0, 1.0);
  }

  @Test
  void equivalenceIsSaidBesideTheTest() {
    ComparisonReport r = compare(
        new SystemComparison.Options(List.of("Dice"), 10_000, 0, Map.of("Dice", 0.05), List.of(),
            Optional.empty()),
        metric("a", "Dice", .8, .7, .9, .85, .6, .75, .8, .9),
        metric("b", "Dice", .81, .69, .91, .84, .61, .74, .82, .89));
    Verdict v = Verdict.of(r.comparisons().get(0));
    assertThat(v.kind()).isEqualTo(Verdict.Kind.EQUIVALENT);
    assertThat(v.text()).contains("equivalent within ±0.050");
  }

  @Test
  void withoutAnythingInCommonNothingIsCompared() {
    assertThatThrownBy(() -> compare(PLAIN, system("a", 3, 0, "x"), system("b", 3, 0, "1")))
        .hasMessageContaining("nothing can be compared").hasMessageContaining("a has x");
    assertThatThrownBy(() -> compare(PLAIN, metric("a", "Dice", 1, 1), metric("b", "HD_mm", 1, 1)))
        .hasMessageContaining("no metric in common");
  }

  @Test
  void seedsDecideEverything() {
    SystemScores a = system("a", 20, 0, "x");
    SystemScores b = system("b", 20, 0.01, "x");
    String first = ComparisonWriter.document(compare(PLAIN, a, b)).toString();
    assertThat(ComparisonWriter.document(compare(PLAIN, a, b)).toString()).isEqualTo(first);
    assertThat(ComparisonWriter
        .document(compare(SystemComparison.Options.plain(1), a, b)).toString())
        .isNotEqualTo(first);
  }

  @Test
  void volumesOfNothingDoNotCount() {
    SystemScores.Builder a = new SystemScores.Builder();
    double[][] volumes = {{100, 110}, {50, 52}, {0, 0}, {20, 0}};
    for (int i = 0; i < volumes.length; i++) {
      a.put("x", "Dice", "case" + i, 0.5);
      a.put("x", "n_ref", "case" + i, volumes[i][0]);
      a.put("x", "n_pred", "case" + i, volumes[i][1]);
    }
    ComparisonReport r = compare(PLAIN, a.build("a"), metric("b", "Dice", 1, 1));
    assertThat(r.volumes()).hasSize(1);
    assertThat(r.volumes().get(0).unit()).isEqualTo("voxels");
    assertThat(r.volumes().get(0).agreement().n()).isEqualTo(3);
    assertThat(r.volumes().get(0).agreement().bias()).isCloseTo(-8 / 3.0, within(1e-12));
  }

  private static PairedComparison one(double... differences) {
    double[] a = new double[differences.length];
    double[] b = new double[differences.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = 0.5 + 0.01 * i;
      b[i] = a[i] + differences[i];
    }
    return compare(PLAIN, metric("a", "Dice", a), metric("b", "Dice", b)).comparisons().get(0);
  }

  private static SystemScores metric(String name, String metric, double... values) {
    SystemScores.Builder builder = new SystemScores.Builder();
    for (int i = 0; i < values.length; i++) {
      builder.put("x", metric, "case" + i, values[i]);
    }
    return builder.build(name);
  }

  /** The same cases for every system, better by a gain. */
  private static SystemScores system(String name, int cases, double gain, String... structures) {
    SystemScores.Builder builder = new SystemScores.Builder();
    for (String structure : structures) {
      SeededRandom random = SeededRandom.of(3, structure);
      for (int i = 0; i < cases; i++) {
        builder.put(structure, "Dice", "case" + i, 0.5 + 0.2 * random.nextDouble() + gain);
      }
    }
    return builder.build(name);
  }

  private static ComparisonReport compare(SystemComparison.Options options,
      SystemScores... systems) {
    return SystemComparison.compare(List.of(systems), options, Progress.none(),
        new Cancellation());
  }
}
