package io.fiducia.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.metrics.stats.LearningCurve;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class LearningCurvePageTest {
  private static final String ODD = "<organ> & \"gland\"";
  private static final Pattern MARK = Pattern.compile(
      "<path d=\"M([\\d.]+) ([\\d.]+)a4 4 0 1 0 8 0");

  @TempDir
  private Path folder;

  private static LearningCurve curve(String... structures) {
    List<LearningCurve.Score> scores = new ArrayList<>();
    for (String structure : structures) {
      for (int size : new int[]{1, 2, 4, 8}) {
        for (int repeat = 1; repeat <= 2; repeat++) {
          for (int c = 0; c < 6; c++) {
            double dice = 0.4 + 0.05 * size + 0.01 * c + 0.005 * repeat;
            double distance = c == 0 && size == 1 ? Double.NaN : 10.0 / size + c;
            scores.add(new LearningCurve.Score("universeg", size, repeat, "case" + c, structure,
                true, true, Map.of("Dice", dice, "HD95_mm", distance)));
            scores.add(new LearningCurve.Score("atlas", size, repeat, "case" + c, structure, true,
                true, Map.of("Dice", 0.35 + 0.01 * c, "HD95_mm", 12.0)));
          }
        }
      }
    }
    return LearningCurve.of(scores,
        new LearningCurve.Options(List.of("Dice", "HD95_mm"), 1000, 0));
  }

  private static Document parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theImageStandsByItself() throws Exception {
    String svg = LearningCurveChart.svg(curve("Bladder", ODD), "Dice");
    Document document = parsed(svg);
    assertThat(document.getDocumentElement().getNamespaceURI()).isNull();
    assertThat(document.getDocumentElement().getAttribute("xmlns"))
        .isEqualTo("http://www.w3.org/2000/svg");
    assertThat(svg).contains("support cases (log scale)", "Dice (0 to 1)", "universeg", "atlas",
        "Bladder", "&lt;organ&gt;", LearningCurve.ALL).doesNotContain("NaN", "<organ>",
            " class=\"grid\"");
    // Colour is not the only difference: the baseline is dashed and has another mark.
    assertThat(svg).contains("stroke-dasharray=\"6 4\"", "h7v7h-7z");
    String distances = LearningCurveChart.svg(curve("Bladder"), "HD95_mm");
    parsed(distances);
    assertThat(distances).contains("HD95 (mm)").doesNotContain("NaN");
  }

  /** 1, 2, 4 and 8 stand at equal distances. */
  @Test
  void theAxisIsLogarithmic() {
    String svg = LearningCurveChart.svg(curve("Bladder"), "Dice");
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    MARK.matcher(svg).results().forEach(m -> {
      x.add(Double.valueOf(m.group(1)));
      y.add(Double.valueOf(m.group(2)));
    });
    // The first mark is that of the legend.
    assertThat(x).hasSize(5);
    double step = x.get(2) - x.get(1);
    assertThat(x.get(3) - x.get(2)).isCloseTo(step, within(0.21));
    assertThat(x.get(4) - x.get(3)).isCloseTo(step, within(0.21));
    assertThat(step).isGreaterThan(50);
    // Dice 0.4825, 0.5325, 0.6325, 0.8325: the steps double.
    assertThat((y.get(2) - y.get(3)) / (y.get(1) - y.get(2))).isCloseTo(2, within(0.1));
    assertThat((y.get(3) - y.get(4)) / (y.get(2) - y.get(3))).isCloseTo(2, within(0.1));
  }

  @Test
  void oneSizeAndOneCaseCanBeDrawn() throws Exception {
    LearningCurve one = LearningCurve.of(List.of(new LearningCurve.Score("universeg", 5, 1, "a",
        "organ", true, true, Map.of("Dice", 0.5, "HD95_mm", Double.NaN))),
        new LearningCurve.Options(List.of("Dice", "HD95_mm"), 1000, 0));
    for (String metric : List.of("Dice", "HD95_mm")) {
      String svg = LearningCurveChart.svg(one, metric);
      parsed(svg);
      assertThat(svg).doesNotContain("NaN", "Infinity");
    }
    Path file = folder.resolve("one.html");
    LearningCurvePage.write(one,
        new LearningCurvePage.About("One", false, List.of(), List.of(), Map.of(),
            ""),
        file);
    assertThat(Files.readString(file)).contains("nothing to compare")
        .doesNotContain("NaN", "Synthetic data:");
  }

  @Test
  void thePageSaysWhatWasFound() throws Exception {
    Path file = folder.resolve("report.html");
    LearningCurvePage.write(curve("Bladder", ODD), new LearningCurvePage.About("How many <i>",
        true, List.of("A note & more."), List.of("case7: not readable"), Map.of("Seed", "3"),
        "fiducia universeg score <x>"), file);
    String page = Files.readString(file);
    assertThat(page).contains("More support helped: mean Dice", "universeg with 8 cases does better"
        + " than atlas", "Does more support help?", "universeg against atlas, both with 8 cases",
        "A note &amp; more.", "case7: not readable", "How many &lt;i&gt;",
        "fiducia universeg score &lt;x&gt;", "Content-Security-Policy", "(1 without)", "<svg",
        "Synthetic data:")
        .doesNotContain("<organ>", "NaN", "https://", " src=", "<link rel=\"stylesheet");
    // The only address is the name of the image's language.
    assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://");
  }

  @Test
  void theLocaleChangesNothing() {
    Locale before = Locale.getDefault();
    try {
      String plain = LearningCurveChart.svg(curve("Bladder"), "Dice");
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(LearningCurveChart.svg(curve("Bladder"), "Dice")).isEqualTo(plain);
    } finally {
      Locale.setDefault(before);
    }
  }
}
