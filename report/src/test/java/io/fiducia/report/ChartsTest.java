package io.fiducia.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.metrics.stats.Bootstrap;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChartsTest {
  private static final double NAN = Double.NaN;

  @Test
  void chartsLeaveOutWhatDoesNotExist() {
    double[] x = {1, 2, 3, 4};
    String lines = Charts.lines("Loss", "steps", -1, 0, List.of(
        new Charts.Series("gap", "#000", false, x, new double[]{0, NAN, -1, -0.5}),
        new Charts.Series("none", "#000", true, x, new double[]{NAN, NAN, NAN, NAN})));
    // A gap starts a new line.
    assertThat(lines).doesNotContain("NaN", "Infinity").containsPattern("d=\"M[^M\"]+M[^M\"]+L");
    String flat = Charts.lines("Loss", "steps", 0, 0,
        List.of(new Charts.Series("flat", "#000", false, x, new double[]{0, 0, 0, 0})));
    assertThat(flat).doesNotContain("NaN", "Infinity");
    assertThat(Charts.lines("Loss", "steps", 0, 1, List.of())).doesNotContain("NaN", "Infinity");
    double[] values = {NAN, 0.5, NAN};
    String strips = Charts.strips(List.of(
        new Charts.Strip("some", "#000", values, Bootstrap.mean(values, 100, 0)),
        new Charts.Strip("none", "#000", new double[]{NAN},
            Bootstrap.mean(new double[]{NAN}, 100, 0))));
    assertThat(strips).doesNotContain("NaN", "Infinity").contains("no value").containsOnlyOnce(
        "<circle");
  }

  @Test
  void ofManyValuesOnlyTheOutliersAreDots() {
    double[] values = new double[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.7 + 0.1 * i / values.length;
    }
    values[3] = 0.1;
    assertThat(Charts.strips(List.of(new Charts.Strip("many", "#000", values,
        Bootstrap.mean(values, 100, 0))))).containsOnlyOnce("<circle");
  }

  @Test
  void axesEndAtRoundNumbers() {
    String mm = Charts.strips("HD95", List.of(new Charts.Strip("a", "#000", new double[]{3, 17.3},
        Bootstrap.mean(new double[]{3, 17.3}, 100, 0))), Charts.Axis.upTo(17.3, "mm"));
    assertThat(mm).contains(">0<", ">5<", ">10<", ">15<", ">20 mm<");
    assertThat(Charts.strips(List.of())).contains(">0.0<", ">0.2<", ">1.0<");
  }
}
