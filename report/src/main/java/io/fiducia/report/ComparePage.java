package io.fiducia.report;

import io.fiducia.base.AtomicFiles;
import io.fiducia.metrics.stats.ComparisonReport;
import io.fiducia.metrics.stats.Figures;
import io.fiducia.metrics.stats.MetricSense;
import io.fiducia.metrics.stats.PairedComparison;
import io.fiducia.metrics.stats.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes compare.html: one self-contained page that asks nothing of any network. */
public final class ComparePage {
  /** Of the body; the frame and the methods stay within the rest of 5 MB. */
  private static final int MOST_BYTES = 4_600_000;

  private final ComparisonReport report;
  private final StringBuilder html = new StringBuilder();

  private ComparePage(ComparisonReport report) {
    this.report = report;
  }

  /** Writes the page, whole or not at all. */
  public static void write(ComparisonReport report, Path file) {
    AtomicFiles.writeString(file, new ComparePage(report).page());
  }

  private String page() {
    List<String> counts = new ArrayList<>();
    report.cases().forEach((s, n) -> counts.add(Html.escape(s) + " " + n + cases(n)));
    html.append("<p class=\"note\">Paired comparison of ").append(report.systems().size())
        .append(" systems on the same cases: ").append(String.join(", ", counts)).append(".</p>");
    problems();
    verdicts();
    for (String metric : report.headline()) {
      html.append("<h2>Differences in ").append(Html.escape(metric)).append("</h2>");
      pairs(metric).forEach(pair -> fitting(() -> forest(pair)));
    }
    String primary = report.metrics().get(0);
    html.append("<h2>Case by case: ").append(Html.escape(primary)).append("</h2>");
    pairs(primary).forEach(pair -> fitting(() -> paired(pair)));
    report.headline().forEach(metric -> fitting(() -> ranks(metric)));
    fitting(this::bands);
    fitting(this::volumes);
    fitting(() -> new SubgroupSection(report).appendTo(html));
    fitting(this::planning);
    fitting(this::figures);
    methods();
    return Page.of(String.join(" / ", report.systems()), false, "compare.css", html.toString());
  }

  /** Adds a part of the page unless it makes the file too large, which is then said in its place. */
  private void fitting(Runnable part) {
    int before = html.length();
    part.run();
    int size = html.toString().getBytes(StandardCharsets.UTF_8).length;
    if (size > MOST_BYTES) {
      html.setLength(before);
      html.append("<p class=\"warning\">A part is left out here to keep the page below 5 MB; its")
          .append(" figures are in compare.json.</p>");
    }
  }

  private void problems() {
    if (report.problems().isEmpty()) {
      return;
    }
    html.append("<details class=\"warning\" open><summary>Not everything could be compared: ")
        .append(report.problems().size())
        .append(report.problems().size() == 1 ? " remark" : " remarks").append("</summary><ul>");
    report.problems().forEach(p -> html.append("<li><b>").append(Html.escape(p.where()))
        .append("</b>: ").append(Html.escape(p.message())));
    html.append("</ul></details>");
  }

  /** The primary metric's finding for each structure, in words. */
  private void verdicts() {
    String metric = report.metrics().get(0);
    html.append("<h2>Findings by ").append(Html.escape(metric)).append("</h2>");
    if (report.metrics().size() > 1) {
      html.append("<p class=\"note\">The primary metric. Others are below; with many of them some")
          .append(" difference turns up by chance, so decide which one counts before looking.</p>");
    }
    pairs(metric).forEach(pair -> fitting(() -> verdicts(pair)));
  }

  private void verdicts(List<PairedComparison> pair) {
    PairedComparison first = pair.get(0);
    html.append("<h3>").append(Html.escape(first.b())).append(" against ")
        .append(Html.escape(first.a())).append(" <span>").append(Html.escape(summary(pair)))
        .append("</span></h3><table class=\"verdicts\"><thead><tr><th scope=\"col\">Structure")
        .append("<th scope=\"col\" class=\"n\">Cases<th scope=\"col\">Finding")
        .append("</tr></thead><tbody>");
    for (PairedComparison c : pair) {
      Verdict v = Verdict.of(c);
      html.append("<tr><th scope=\"row\">").append(Html.escape(c.structure()))
          .append("<td class=\"n\">").append(c.n()).append("<td><b class=\"finding ")
          .append(v.kind().name().toLowerCase(Locale.ROOT)).append("\">")
          .append(CompareCharts.sign(v.kind())).append(' ').append(Html.escape(v.brief()))
          .append("</b><br>").append(words(v.text()));
      c.largestLoss().ifPresent(id -> html.append(" Largest loss: ").append(Html.escape(id))
          .append(" (").append(words(Figures.signed(c.metric(), loss(c, id)))).append(")."));
      html.append("</tr>");
    }
    html.append("</tbody></table>");
  }

  private static double loss(PairedComparison c, String caseId) {
    return c.pairs().differences()[c.pairs().cases().indexOf(caseId)];
  }

  /** "better in 3 of 7 structures, no difference shown in 4". */
  private static String summary(List<PairedComparison> pair) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    pair.forEach(c -> counts.merge(Verdict.of(c).brief(), 1, Integer::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((brief, n) -> parts.add(brief + " in " + n));
    return String.join(", ", parts) + " of " + pair.size()
        + (pair.size() == 1 ? " structure" : " structures");
  }

  private void forest(List<PairedComparison> pair) {
    html.append("<figure>").append(CompareCharts.forest(pair)).append("<figcaption>")
        .append(Html.escape(pair.get(0).b() + " minus " + pair.get(0).a()))
        .append(": mean difference (diamond) with its 95 % BCa bootstrap interval. Filled:")
        .append(" p &lt; 0.05 by the signed-rank test after Holm's correction; hollow: not.")
        .append(pair.get(0).equivalence().isPresent()
            ? " Shaded: the margin of equivalence."
            : "");
    pair.stream().filter(c -> !Verdict.missing(c).isEmpty())
        .forEach(c -> html.append("<br>").append(Html.escape(c.structure() + ":"))
            .append(words(Verdict.missing(c))));
    html.append("</figcaption></figure>");
  }

  private void paired(List<PairedComparison> pair) {
    html.append("<figure><div class=\"panels\">");
    pair.stream().filter(c -> c.n() > 0).forEach(c -> html.append(CompareCharts.paired(c)));
    html.append("</div><figcaption>One line a case from ")
        .append(Html.escape(pair.get(0).a() + " to " + pair.get(0).b()))
        .append(pair.get(0).sense() == MetricSense.NONE
            ? ""
            : ": solid blue where it gets better, dashed orange where it gets worse, dotted where"
                + " it stays")
        .append(". Thick black: the means. The scales differ between panels.")
        .append("</figcaption></figure>");
  }

  private void ranks(String metric) {
    List<ComparisonReport.Ranking> rankings = report.ranks().stream()
        .filter(r -> r.metric().equals(metric) && r.stability().cases() > 0).toList();
    if (rankings.isEmpty()) {
      return;
    }
    html.append("<h2>How stable the ranking is: ").append(Html.escape(metric))
        .append("</h2><figure>").append(CompareCharts.ranks(rankings))
        .append("<p class=\"key\">");
    for (int k = 0; k < report.systems().size(); k++) {
      html.append("<i class=\"s").append(k % 6).append("\"></i>")
          .append(Html.escape(report.systems().get(k)));
    }
    html.append("</p>")
        .append("<figcaption>The cases were drawn anew ").append(report.draws())
        .append(" times; the bar shows in which share of the draws each system had the best")
        .append(" mean. Only values that every system has count. A share is not the probability")
        .append(" that a system is better.</figcaption></figure>");
    rankTable(rankings.get(0));
  }

  private void rankTable(ComparisonReport.Ranking overall) {
    int k = overall.stability().systems().size();
    html.append("<table><thead><tr><th scope=\"col\">System<th scope=\"col\" class=\"n\">Mean")
        .append("<th scope=\"col\" class=\"n\">Rank");
    for (int r = 1; r <= k; r++) {
      html.append("<th scope=\"col\" class=\"n\">Rank ").append(r).append(" in");
    }
    html.append("</tr></thead><tbody>");
    for (int s = 0; s < k; s++) {
      html.append("<tr><th scope=\"row\">")
          .append(Html.escape(overall.stability().systems().get(s))).append("<td class=\"n\">")
          .append(Figures.value(overall.metric(), overall.stability().mean().get(s)))
          .append("<td class=\"n\">")
          .append(String.format(Locale.ROOT, "%.1f", overall.stability().rank().get(s)));
      for (int r = 0; r < k; r++) {
        html.append(String.format(Locale.ROOT, "<td class=\"n\">%.0f %%",
            100 * overall.stability().shareOfRank().get(s).get(r)));
      }
      html.append("</tr>");
    }
    html.append(
        "</tbody></table><p class=\"note\">All structures: the mean over structures of each")
        .append(" system's mean over ").append(overall.stability().cases())
        .append(cases(overall.stability().cases())).append(", ")
        .append(overall.stability().values()).append(" values a system.</p>");
  }

  private void bands() {
    if (report.bands().isEmpty()) {
      return;
    }
    html.append("<h2>Against the agreement of people</h2><table><thead><tr>");
    head("Structure", "Metric", "System");
    headNumbers("Cases", "Mean", "90 % interval", "People", "p");
    head("Where the mean lies", "Source of the band");
    html.append("</tr></thead><tbody>");
    for (ComparisonReport.BandResult b : report.bands()) {
      String m = b.band().metric();
      html.append("<tr><th scope=\"row\">").append(Html.escape(b.band().structure())).append("<td>")
          .append(Html.escape(m)).append("<td>").append(Html.escape(b.system()));
      numbers(String.valueOf(b.result().n()), Figures.value(m, b.result().mean()),
          Figures.range(m, b.result().low(), b.result().high()),
          Figures.range(m, b.band().low(), b.band().high()), Figures.p(b.result().p()));
      html.append("<td>").append(Html.escape(b.verdict())).append("<td>")
          .append(Html.escape(b.band().source())).append("</tr>");
    }
    html.append("</tbody></table><p class=\"note\">Two one-sided t tests: \"within\" is said only")
        .append(" where the mean's whole 90 % interval lies between the bounds. It speaks of the")
        .append(" mean over cases, not of any single contour.</p>");
  }

  private void volumes() {
    if (report.volumes().isEmpty()) {
      return;
    }
    html.append("<h2>Volumes: agreement with the reference</h2><figure><div class=\"panels\">");
    report.volumes().forEach(v -> html.append(CompareCharts.blandAltman(v)));
    html.append("</div><figcaption>Bland-Altman: each case's volume difference, system minus")
        .append(" reference, over the mean of both. Solid: mean difference (bias); dashed: limits")
        .append(" of agreement (bias ± 1.96 standard deviations), between which 95 % of cases lie")
        .append(
            " if the differences are normal; shaded: 95 % intervals of the three. Cases without")
        .append(" the structure on both sides do not count.")
        .append("</figcaption></figure><div class=\"scroll\"><table><thead><tr>");
    head("Structure", "System");
    headNumbers("Cases", "Bias", "95 % interval", "Limits of agreement", "Change per unit volume",
        "p of the change");
    html.append("</tr></thead><tbody>");
    for (ComparisonReport.Volumes v : report.volumes()) {
      String m = v.unit().equals("cm3") ? "volume_difference_cm3" : "n_pred";
      var b = v.agreement();
      html.append("<tr><th scope=\"row\">").append(Html.escape(v.structure())).append("<td>")
          .append(Html.escape(v.system()));
      numbers(String.valueOf(b.n()), Figures.signed(m, b.bias()) + " " + v.unit().replace("3", "³"),
          signedRange(m, b.biasLow(), b.biasHigh()), signedRange(m, b.lowerLimit(), b.upperLimit()),
          Figures.signed("", b.slope()), Figures.p(b.slopeP()));
      html.append("</tr>");
    }
    html.append(
        "</tbody></table></div><p class=\"note\">The change per unit volume is the slope of")
        .append(" the differences on the means: a bias that grows with the structure.")
        .append(report.volumes().stream().anyMatch(v -> v.unit().equals("voxels"))
            ? " Volumes in voxels can be compared between cases only where all have one voxel size."
            : "")
        .append("</p>");
  }

  /** What other numbers of cases would show. */
  private void planning() {
    int[] sizes = {5, 8, 10, 15, 20, 30, 50, 100};
    String metric = report.metrics().get(0);
    html.append("<h2>How many cases a comparison needs</h2><div class=\"scroll\"><table><caption>")
        .append("The smallest true mean difference in ").append(Html.escape(metric))
        .append(" that would be found with 80 % power, if cases scatter as these did")
        .append("</caption><thead><tr>");
    head("Structure", "Systems");
    headNumbers("Cases here", "Found with these");
    headNumbers(Arrays.stream(sizes).mapToObj(n -> "with " + n).toArray(String[]::new));
    html.append("</tr></thead><tbody>");
    for (PairedComparison c : report.comparisons()) {
      if (!c.metric().equals(metric) || c.n() < 3 || c.standardDeviation() == 0) {
        continue;
      }
      html.append("<tr><th scope=\"row\">").append(Html.escape(c.structure())).append("<td>")
          .append(Html.escape(c.b() + " – " + c.a()));
      numbers(String.valueOf(c.n()), Figures.value(metric, c.smallestDetectable()));
      for (int n : sizes) {
        numbers(Figures.value(metric, c.smallestDetectable(n)));
      }
      html.append("</tr>");
    }
    html.append("</tbody></table></div><p class=\"note\">By the two-sided paired t test at 5 %,")
        .append(" without correction for several structures. Below six cases the signed-rank test")
        .append(" cannot reach 5 % whatever the difference. A spread seen in few cases is itself")
        .append(" uncertain: with 8 of them the true one lies between 0.7 and 2 times it.</p>");
  }

  private void figures() {
    html.append("<h2>All figures</h2><details><summary>")
        .append(report.comparisons().size()).append(" comparisons</summary><div class=\"scroll\">")
        .append("<table class=\"figures\"><thead><tr>");
    head("Metric", "Structure", "Systems");
    headNumbers("Cases", "Without value", "First", "Second", "Difference", "95 % interval",
        "Median", "p Wilcoxon", "p permutation", "p Holm", "Rank-biserial", "g", "Superiority");
    html.append("</tr></thead><tbody>");
    for (PairedComparison c : report.comparisons()) {
      String m = c.metric();
      html.append("<tr><th scope=\"row\">").append(Html.escape(m)).append("<td>")
          .append(Html.escape(c.structure())).append("<td>")
          .append(Html.escape(c.b() + " – " + c.a()));
      numbers(String.valueOf(c.n()), String.valueOf(c.onlyA() + c.onlyB() + c.neither()),
          Figures.value(m, c.pairs().meanA()), Figures.value(m, c.pairs().meanB()),
          Figures.signed(m, c.interval().mean()),
          signedRange(m, c.interval().low(), c.interval().high()),
          Figures.signed(m, c.medianDifference()),
          c.n() == 0 ? "–" : Figures.p(c.wilcoxon().p()),
          c.n() == 0 ? "–" : Figures.p(c.permutation().p()), Figures.p(c.pHolm()),
          Figures.signed("", c.effects().rankBiserial()), Figures.signed("", c.effects().hedgesG()),
          Figures.value("", c.effects().probabilityOfSuperiority()));
      html.append("</tr>");
    }
    html.append("</tbody></table></div></details>");
  }

  private void methods() {
    html.append("<h2>How this was computed</h2><p>Cases are paired by name; differences are the")
        .append(" second system minus the first. Wilcoxon's signed-rank test, two-sided, zeros")
        .append(" dropped, exact over all sign patterns up to 50 differences, ties included;")
        .append(" sign-flip permutation test of the mean, exact up to 30 differences, else 100,000")
        .append(" draws; Holm's correction over structures and pairs of one metric. BCa bootstrap")
        .append(" intervals from ").append(report.draws())
        .append(" draws. Effect sizes: matched-pairs rank-biserial correlation, Cohen's d of the")
        .append(" differences with Hedges' correction (g), share of cases where the second is")
        .append(" greater (superiority; ties half). Seed ").append(report.seed())
        .append(". The full figures are in compare.json.</p>");
  }

  private List<List<PairedComparison>> pairs(String metric) {
    Map<String, List<PairedComparison>> byPair = new LinkedHashMap<>();
    report.comparisons().stream().filter(c -> c.metric().equals(metric))
        .forEach(c -> byPair.computeIfAbsent(c.a() + "\n" + c.b(), k -> new ArrayList<>()).add(c));
    return new ArrayList<>(byPair.values());
  }

  private void head(String... titles) {
    for (String title : titles) {
      html.append("<th scope=\"col\">").append(title);
    }
  }

  private void headNumbers(String... titles) {
    for (String title : titles) {
      html.append("<th scope=\"col\" class=\"n\">").append(title);
    }
  }

  private void numbers(String... values) {
    for (String value : values) {
      html.append("<td class=\"n\">").append(words(value));
    }
  }

  private static String signedRange(String metric, double low, double high) {
    return Double.isNaN(low)
        ? "–"
        : Figures.signed(metric, low) + " to " + Figures.signed(metric, high);
  }

  private static String words(String text) {
    return CompareCharts.minus(Html.escape(text));
  }

  private static String cases(int n) {
    return n == 1 ? " case" : " cases";
  }
}
