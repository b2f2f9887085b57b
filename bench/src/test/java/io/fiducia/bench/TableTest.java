package io.fiducia.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.bench.Job.Measurement;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final List<String> NAMES = List.of("current", "other");

  @Test
  void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
    assertThat(Table.median(new double[]{4, 1, 3})).isEqualTo(3);
    assertThat(Table.median(new double[]{4, 1, 3, 2})).isEqualTo(2.5);
    assertThat(Table.median(new double[0])).isNaN();
  }

  /** A slow minute affects both programs of a round, so that rounds are compared, not medians. */
  @Test
  void ratiosAreTakenRoundByRound() {
    assertThat(ratio(runs("a", 1.1, 2.2, 4.4), runs("a", 1, 2, 4)))
        .contains("time 1.10 (1.10 to 1.10)", "SLOWER", "same results");
    assertThat(ratio(runs("a", 0.9, 1.8, 3.6), runs("b", 1, 2, 4)))
        .contains("time 0.90 (0.90 to 0.90)", "faster", "OTHER RESULTS");
  }

  @Test
  void oneRoundThatDisagreesOrTooFewRoundsAreNoChange() {
    assertThat(ratio(runs("a", 1.5, 1.5, 0.9), runs("a", 1, 1, 1))).contains("within the noise");
    assertThat(ratio(runs("a", 1.02, 1.02, 1.02), runs("a", 1, 1, 1)))
        .contains("within the noise");
    assertThat(ratio(runs("a", 2, 2), runs("a", 1, 1))).contains("too few rounds to judge");
  }

  /** What the program itself timed counts before the whole process. */
  @Test
  void innerSecondsCountFirst() {
    Child.Usage usage = new Child.Usage(10, 12, 1 << 20);
    List<List<Measurement>> runs = List
        .of(List.of(new Measurement(usage, OptionalDouble.of(2), "")));
    assertThat(Table.programs(List.of("current"), runs).get(1))
        .contains("2.000 (2.000 to 2.000)", "12.00");
    assertThat(Table.ratios(List.of("current"), runs)).isEmpty();
  }

  private static String ratio(List<Measurement> current, List<Measurement> other) {
    return Table.ratios(NAMES, List.of(current, other)).get(0);
  }

  private static List<Measurement> runs(String result, double... seconds) {
    return Arrays.stream(seconds).mapToObj(s -> new Measurement(
        new Child.Usage(s, s, 1 << 20), OptionalDouble.empty(), result)).toList();
  }
}
