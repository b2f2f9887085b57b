package io.fiducia.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Structure;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.stats.SystemComparison;
import io.fiducia.metrics.stats.SystemScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CompareChartsTest {
  private static final Pattern TEXT = Pattern.compile(
      "<text(?: class=\"\\w+\")? x=\"([\\d.]+)\" y=\"(\\d+)\"( text-anchor=\"middle\")?>([^<]*)</text>");
  /** The baseline of the ticks of a chart with one row: 20 + 30 + 16. */
  private static final String BASELINE = "66";
  /** Twelve pixels of a sans-serif font take less than this on average. */
  private static final double LETTER = 7;

  /** A stretch that a text takes. */
  private record Span(double from, double to, String text) {}

  @Test
  void theTicksAndTheUnitStandApart() {
    // Every place of the last tick: from 0.001 to 0.1 by half a percent.
    for (double difference = 0.001; difference < 0.1; difference *= 1.005) {
      List<Span> spans = spans(difference);
      assertThat(spans).hasSizeGreaterThan(3);
      assertThat(spans.getLast().text).isEqualTo("Dice");
      for (int i = 1; i < spans.size(); i++) {
        assertThat(spans.get(i).from).as("%s after %s", spans.get(i), spans.get(i - 1))
            .isGreaterThan(spans.get(i - 1).to);
      }
    }
  }

  private static List<Span> spans(double difference) {
    String svg = CompareCharts.forest(SystemComparison.compare(
        List.of(scores("a", 0), scores("b", difference)), new SystemComparison.Options(
            List.of("Dice"), 100, 0, Map.of(), List.of(), Optional.empty()),
        Progress.none(), new Cancellation()).comparisons());
    List<Span> spans = new ArrayList<>();
    TEXT.matcher(svg).results().filter(m -> m.group(2).equals(BASELINE)).forEach(m -> {
      double width = LETTER * m.group(4).length();
      double x = Double.parseDouble(m.group(1));
      double from = m.group(3) == null ? x : x - width / 2;
      spans.add(new Span(from, from + width, m.group(4)));
    });
    return spans;
  }

  private static SystemScores scores(String name, double difference) {
    List<CaseScores> cases = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      // Two cases differ a little more than the others, so that there is an interval.
      cases.add(new CaseScores("case_" + i, Path.of("ref"), Path.of("pred"),
          Map.of("1", Map.of("Dice", 0.8 + difference * (1 + 0.1 * (i % 2))))));
    }
    return SystemScores.of(name,
        new Evaluation(List.of(Structure.of("ball", 1)), cases, 4, 4, List.of()));
  }
}
