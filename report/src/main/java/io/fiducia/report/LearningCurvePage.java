package io.fiducia.report;

import io.fiducia.base.AtomicFiles;
import io.fiducia.metrics.stats.Figures;
import io.fiducia.metrics.stats.LearningCurve;
import io.fiducia.metrics.stats.LearningCurveText;
import io.fiducia.metrics.stats.PairedComparison;
import io.fiducia.metrics.stats.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a learning curve as one self-contained page that asks nothing of any network. */
public final class LearningCurvePage {
  private static final int MOST_PROBLEMS = 20;

  private final LearningCurve curve;
  private final About about;
  private final String primary;
  private final String overall;
  private final StringBuilder html = new StringBuilder();

  private LearningCurvePage(LearningCurve curve, About about) {
    this.curve = curve;
    this.about = about;
    this.primary = curve.metrics().get(0);
    this.overall = curve.structures().get(0);
  }

  /**
   * What else there is to say.
   *
   * @param title plain text
   * @param synthetic whether the images are computed, not of patients
   * @param notes what the reader must know to judge the figures, sentences
   * @param problems what could not be scored, sentences
   * @param facts what was scored and how, name to value, in order
   * @param command the command that does it again; empty if there is none
   */
  public record About(String title, boolean synthetic, List<String> notes, List<String> problems,
      Map<String, String> facts, String command) {
    public About {
      notes = List.copyOf(notes);
      problems = List.copyOf(problems);
      facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }
  }

  /** Writes the page, whole or not at all. */
  public static void write(LearningCurve curve, About about, Path file) {
    AtomicFiles.writeString(file, new LearningCurvePage(curve, about).page());
  }

  private String page() {
    about.problems().stream().limit(MOST_PROBLEMS).forEach(p -> html
        .append("<p class=\"warning\">").append(Html.escape(p)).append("</p>"));
    if (about.problems().size() > MOST_PROBLEMS) {
      html.append("<p class=\"warning\">And ").append(about.problems().size() - MOST_PROBLEMS)
          .append(" more problems, which curve.json lists.</p>");
    }
    String sentence = LearningCurveText.sentence(curve);
    html.append("<p class=\"headline\">").append(words(sentence.isEmpty()
        ? "One number of cases and one system: nothing to compare."
        : sentence)).append("</p>");
    about.notes().forEach(n -> html.append("<p class=\"note\">").append(words(n)).append("</p>"));
    sizes();
    figure();
    structures();
    findings();
    otherMetrics();
    absent();
    methods();
    return Page.of(about.title(), about.synthetic(), "compare.css", html.toString());
  }

  /** The primary metric over all structures, a row per number of cases. */
  private void sizes() {
    html.append("<h2>").append(Html.escape(primary)).append(" by number of support cases</h2>")
        .append("<div class=\"scroll\" tabindex=\"0\"><table><caption>Mean over ")
        .append(curve.structures().size() > 1 ? "all structures and " : "")
        .append("test cases, with its 95 % interval").append("</caption><thead><tr>")
        .append("<th scope=\"col\" class=\"n\">Support cases");
    curve.systems().forEach(s -> headNumber(s));
    curve.systems().stream().skip(1).forEach(s -> headNumber(curve.system() + " − " + s));
    html.append("</tr></thead><tbody>");
    for (int size : curve.sizes()) {
      html.append("<tr><th scope=\"row\" class=\"n\">").append(size);
      curve.systems().forEach(s -> number(mean(s, overall, primary, size)));
      curve.systems().stream().skip(1).forEach(s -> number(curve.against(s).stream()
          .filter(f -> f.size() == size).findFirst().map(f -> difference(f.overall()))
          .orElse(Html.MISSING)));
      html.append("</tr>");
    }
    html.append("</tbody></table></div><p class=\"note\">Differences are of the same test cases.")
        .append(
            " Their intervals are not corrected for looking at several sizes; the sentence above")
        .append(" speaks of the largest number of cases only.</p>");
  }

  private void figure() {
    html.append("<h2>Curve</h2><figure>").append(LearningCurveChart.svg(curve, primary))
        .append("<figcaption>Mean ").append(Html.escape(primary))
        .append(" over test cases with its 95 % bootstrap interval; small dots: the mean of each")
        .append(" draw of support cases. Solid: ").append(Html.escape(curve.system()))
        .append(
            "; dashed: what it is compared with. Marks at one number of cases are drawn side by")
        .append(" side.</figcaption></figure>");
  }

  /** The primary metric of each structure, a column per size. */
  private void structures() {
    if (curve.structures().size() < 2) {
      return;
    }
    html.append("<h2>Each structure</h2>");
    table(primary);
  }

  private void table(String metric) {
    html.append("<div class=\"scroll\" tabindex=\"0\"><table><caption>Mean ")
        .append(Html.escape(metric)).append(" by number of support cases</caption><thead><tr>")
        .append("<th scope=\"col\">Structure<th scope=\"col\">System")
        .append("<th scope=\"col\" class=\"n\">Test cases");
    curve.sizes().forEach(n -> headNumber(Integer.toString(n)));
    html.append("</tr></thead><tbody>");
    for (String structure : curve.structures()) {
      for (String system : curve.systems()) {
        List<LearningCurve.Point> own = curve.points().stream()
            .filter(p -> p.system().equals(system) && p.structure().equals(structure)
                && p.metric().equals(metric))
            .toList();
        if (own.isEmpty()) {
          continue;
        }
        html.append("<tr><th scope=\"row\">").append(Html.escape(structure)).append("<td>")
            .append(Html.escape(system));
        number(Integer.toString(own.stream().mapToInt(p -> p.mean().n() + p.missing()).max()
            .orElse(0)));
        for (int size : curve.sizes()) {
          number(curve.point(system, structure, metric, size)
              .map(p -> Figures.value(metric, p.mean().mean())
                  + (p.missing() > 0 ? " (" + p.missing() + " without)" : ""))
              .orElse(Html.MISSING));
        }
        html.append("</tr>");
      }
    }
    html.append("</tbody></table></div>");
  }

  /** The answers in words, structure by structure. */
  private void findings() {
    curve.moreCases().ifPresent(f -> verdicts("Does more support help?", f));
    for (String other : curve.systems().subList(1, curve.systems().size())) {
      List<LearningCurve.Finding> against = curve.against(other);
      if (!against.isEmpty()) {
        LearningCurve.Finding last = against.getLast();
        verdicts(curve.system() + " against " + other + ", both with " + last.size()
            + (last.size() == 1 ? " case" : " cases"), last);
      }
    }
  }

  private void verdicts(String title, LearningCurve.Finding f) {
    html.append("<h2>").append(Html.escape(title)).append("</h2><table class=\"verdicts\">")
        .append("<thead><tr><th scope=\"col\">Structure<th scope=\"col\" class=\"n\">Cases")
        .append("<th scope=\"col\">Finding</tr></thead><tbody>");
    List<PairedComparison> rows = new ArrayList<>(List.of(f.overall()));
    rows.addAll(f.structures());
    for (PairedComparison c : rows) {
      Verdict v = Verdict.of(c);
      html.append("<tr><th scope=\"row\">").append(Html.escape(c.structure()))
          .append("<td class=\"n\">").append(c.n()).append("<td><b class=\"finding ")
          .append(v.kind().name().toLowerCase(Locale.ROOT)).append("\">")
          .append(CompareCharts.sign(v.kind())).append(' ').append(Html.escape(v.brief()))
          .append("</b><br>").append(words(v.text())).append("</tr>");
    }
    html.append("</tbody></table>");
  }

  private void otherMetrics() {
    if (curve.metrics().size() < 2) {
      return;
    }
    html.append("<h2>Other metrics</h2>");
    curve.metrics().stream().skip(1).forEach(this::table);
    html.append(
        "<p class=\"note\">\"without\": test cases without a value, such as a distance where")
        .append(" nothing was contoured; they are not part of the mean, which looks better for")
        .append(" it.</p>");
  }

  private void absent() {
    if (curve.absent().isEmpty()) {
      return;
    }
    html.append("<h2>Structures that a test case lacks</h2><div class=\"scroll\" tabindex=\"0\">")
        .append("<table><thead><tr><th scope=\"col\">Structure<th scope=\"col\">System");
    headNumber("Support cases");
    headNumber("Contoured all the same");
    html.append("</tr></thead><tbody>");
    for (LearningCurve.Absent a : curve.absent()) {
      html.append("<tr><th scope=\"row\">").append(Html.escape(a.structure())).append("<td>")
          .append(Html.escape(a.system()));
      number(Integer.toString(a.size()));
      number(a.found() + " of " + a.scores());
      html.append("</tr>");
    }
    html.append("</tbody></table></div><p class=\"note\">Counted over test cases and draws. These")
        .append(" cases are not part of the means above.</p>");
  }

  private void methods() {
    html.append("<h2>How this was computed</h2><p>The values of a test case are averaged over the")
        .append(" draws of support cases first; intervals (BCa bootstrap) and tests are over test")
        .append(
            " cases, so they say nothing about other draws: the small dots do. A smaller draw is")
        .append(
            " part of the larger one. Wilcoxon’s signed-rank test, two-sided; Holm’s correction")
        .append(
            " over structures. \"All structures\" is the mean over the structures that a test case")
        .append(" has. The full figures are in curve.json and metrics.csv.</p>");
    html.append("<h2>To reproduce this</h2><table><tbody>");
    about.facts().forEach((k, v) -> html.append("<tr><th scope=\"row\">").append(Html.escape(k))
        .append("<td>").append(Html.escape(v)).append("</tr>"));
    html.append("</tbody></table>");
    if (!about.command().isEmpty()) {
      html.append("<pre>").append(Html.escape(about.command())).append("</pre>");
    }
  }

  private String mean(String system, String structure, String metric, int size) {
    Optional<LearningCurve.Point> point = curve.point(system, structure, metric, size);
    return point.map(p -> Figures.value(metric, p.mean().mean())
        + (p.mean().n() < 2
            ? ""
            : " (" + Figures.range(metric, p.mean().low(), p.mean().high()) + ")"))
        .orElse(Html.MISSING);
  }

  private static String difference(PairedComparison c) {
    String m = c.metric();
    return Figures.signed(m, c.interval().mean()) + (Double.isNaN(c.interval().low())
        ? ""
        : " (" + Figures.signed(m, c.interval().low()) + " to "
            + Figures.signed(m, c.interval().high()) + ")");
  }

  private void headNumber(String title) {
    html.append("<th scope=\"col\" class=\"n\">").append(Html.escape(title));
  }

  private void number(String value) {
    html.append("<td class=\"n\">").append(words(value));
  }

  private static String words(String text) {
    return CompareCharts.minus(Html.escape(text));
  }
}
