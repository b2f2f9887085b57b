package io.fiducia.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.metrics.stats.Bootstrap;
import io.fiducia.metrics.stats.SystemComparison;
import io.fiducia.metrics.stats.SystemScores;
import io.fiducia.testing.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages are the same bytes in every user's locale: SVG with other digits shows nothing. */
class LocaleTest {
  private static final List<String> TAGS = List.of("ar-EG-u-nu-arab", "fa-u-nu-arabext",
      "hi-u-nu-deva", "tr");

  private final Locale before = Locale.getDefault();

  @TempDir
  private Path folder;

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @Test
  void aReportIsTheSameInEveryLocale() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 3);
    ReportData data = ReportFixture.data(raw, 3, Map.of("ball_0", SyntheticDataset.image(raw, 0),
        "ball_1", SyntheticDataset.image(raw, 1), "ball_2", SyntheticDataset.image(raw, 2)));
    same(file -> ReportWriter.write(data, file), "data:image/jpeg", "<svg class=\"chart\"");
    same(file -> ReportJson.write(data, 10, "1.0", file), "\"steps\" : 10");
  }

  @Test
  void aComparisonIsTheSameInEveryLocale() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 3);
    SystemScores one = SystemScores.of("one", ReportFixture.data(raw, 3, Map.of()).evaluation());
    SystemScores two = SystemScores.of("two", ReportFixture.data(raw, 2, Map.of()).evaluation());
    same(file -> ComparePage.write(SystemComparison.compare(List.of(one, two),
        SystemComparison.Options.plain(0), Progress.none(), new Cancellation()), file),
        "</svg>");
  }

  @Test
  void chartsAreTheSameInEveryLocale() throws IOException {
    double[] x = {1, 2, 3};
    double[] y = {0.25, 0.5, 0.75};
    same(file -> {
      try {
        Files.writeString(file, Charts.lines("Loss", "steps", 0, 1,
            List.of(new Charts.Series("a", "#000", true, x, y)))
            + Charts.strips(
                List.of(new Charts.Strip("b", "#000", y, Bootstrap.mean(y, 100, 0)))));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }, "</svg>");
  }

  /** Writes a file. */
  private interface Writing {
    void to(Path file);
  }

  private void same(Writing writing, String... contained) throws IOException {
    Locale.setDefault(Locale.ROOT);
    Path file = folder.resolve("page");
    writing.to(file);
    String expected = Files.readString(file);
    assertThat(expected).contains(contained);
    for (String tag : TAGS) {
      Locale.setDefault(Locale.forLanguageTag(tag));
      writing.to(file);
      assertThat(Files.readString(file).equals(expected)).as(tag).isTrue();
    }
  }
}
