package io.fiducia.report;

import io.fiducia.core.Structure;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.stats.Bootstrap;
import io.fiducia.metrics.stats.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The report's tables and box plots of scores. */
final class ScoreTables {
  /** Keeps the page small whatever the dataset. */
  private static final int MOST_CELLS = 12_000;
  private static final int MOST_FAILURES = 10;
  private static final int MANY_COLUMNS = 6;

  private final Evaluation evaluation;
  private final List<Structure> structures;
  private final String system;
  private final long seed;

  ScoreTables(ReportData data) {
    this.evaluation = data.evaluation();
    this.structures = Headline.foreground(evaluation);
    this.system = data.heading().system();
    this.seed = data.run().seed();
  }

  /** What to look at before any mean. */
  String failures() {
    List<Failure> failures = Failure.in(evaluation);
    StringBuilder html = new StringBuilder("<section><h2>Look at these first</h2>");
    String rule = "missed or invented structures, Dice below " + Failure.POOR_DICE
        + ", and scores far below the structure’s others (lower Tukey fence)";
    if (failures.isEmpty()) {
      return html.append("<p>Nothing stands out: no ").append(rule.replace(", and ", ", or "))
          .append(".</p></section>\n").toString();
    }
    html.append("<div class=\"scroll\" tabindex=\"0\"><table><caption>").append(failures.size())
        .append(" of ").append(values()).append(" scores, in ")
        .append(failures.stream().map(Failure::caseId).distinct().count()).append(" of ")
        .append(evaluation.cases().size()).append(" cases: ").append(rule)
        .append(".</caption><thead><tr><th scope=\"col\">Structure");
    for (Failure.What what : Failure.What.values()) {
      html.append("<th scope=\"col\" class=\"n\">").append(what.title);
    }
    html.append("<th scope=\"col\" class=\"n\">of cases</tr></thead><tbody>");
    for (Structure s : structures) {
      List<Failure> own = failures.stream().filter(f -> f.structure().equals(s)).toList();
      if (!own.isEmpty()) {
        html.append("<tr><th scope=\"row\">").append(Html.escape(s.name()));
        for (Failure.What what : Failure.What.values()) {
          cell(html, Long.toString(own.stream().filter(f -> f.what() == what).count()));
        }
        cell(html, Integer.toString(finite(s, "Dice").length));
        html.append("</tr>");
      }
    }
    html.append("</tbody></table></div>");
    List<Failure> shown = failures.stream().limit(MOST_FAILURES).toList();
    html.append("<div class=\"scroll\" tabindex=\"0\"><table><caption>The gravest")
        .append(
            shown.size() < failures.size() ? "; the others are marked in the table of cases" : "")
        .append(".</caption><thead><tr><th scope=\"col\">Case<th scope=\"col\">Structure")
        .append("<th scope=\"col\">What<th scope=\"col\" class=\"n\">Dice")
        .append("<th scope=\"col\" class=\"n\">Volume, cm³</tr></thead><tbody>");
    shown.forEach(f -> html.append("<tr><th scope=\"row\">").append(Html.escape(f.caseId()))
        .append("<td>").append(Html.escape(f.structure().name())).append("<td>")
        .append(f.what().text).append("<td class=\"n\">").append(Html.number(f.dice(), 3))
        .append("<td class=\"n\">").append(Html.number(f.cm3(), 1)).append("</tr>"));
    return html.append("</tbody></table></div></section>\n").toString();
  }

  private long values() {
    return structures.stream().flatMapToDouble(
        s -> Arrays.stream(evaluation.values(s.key(), "Dice"))).filter(Double::isFinite).count();
  }

  /** Scores per structure, as a table and as box plots. */
  String structures() {
    List<String> nsd = evaluation.metrics().stream().filter(m -> m.startsWith("NSD@")).toList();
    boolean hd95 = evaluation.metrics().contains("HD95_mm");
    StringBuilder html = new StringBuilder("<section><h2>Scores per structure</h2>")
        .append("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>")
        .append("<th scope=\"col\">Structure<th scope=\"col\" class=\"n\">Cases")
        .append(
            "<th scope=\"col\" class=\"n\">Dice, mean<th scope=\"col\" class=\"n\">95 % interval")
        .append("<th scope=\"col\" class=\"n\">median<th scope=\"col\" class=\"n\">worst");
    if (hd95) {
      html.append("<th scope=\"col\" class=\"n\">HD95, median");
    }
    nsd.forEach(m -> html.append("<th scope=\"col\" class=\"n\">Surface Dice at ")
        .append(Html.escape(m.substring(4).replaceFirst("mm$", " mm"))).append(", mean"));
    html.append("<th scope=\"col\" class=\"n\">Volume error, mean</tr></thead><tbody>");
    for (int i = 0; i < structures.size(); i++) {
      Structure s = structures.get(i);
      double[] dice = finite(s, "Dice");
      Bootstrap.Interval mean = Bootstrap.mean(dice, ReportData.BOOTSTRAP_DRAWS, seed);
      html.append("<tr><th scope=\"row\"><i style=\"background:").append(Palette.colour(i))
          .append("\"></i>").append(Html.escape(s.name()));
      cell(html, Integer.toString(dice.length));
      cell(html, Html.number(mean.mean(), 3));
      cell(html, interval(mean));
      cell(html, dice.length == 0 ? Html.MISSING : Html.number(Quantiles.of(dice, 0.5), 3));
      cell(html, dice.length == 0 ? Html.MISSING : Html.number(dice[0], 3));
      if (hd95) {
        double[] v = finite(s, "HD95_mm");
        cell(html, v.length == 0
            ? Html.MISSING
            : Html.number(Quantiles.of(v, 0.5), 1) + " mm" + ifFewer(v.length, dice.length));
      }
      for (String m : nsd) {
        double[] v = finite(s, m);
        cell(html, Html.number(Arrays.stream(v).average().orElse(Double.NaN), 3)
            + ifFewer(v.length, dice.length));
      }
      double[] volume = finite(s, "volume_difference_rel");
      cell(html, Html.signedPercent(Arrays.stream(volume).average().orElse(Double.NaN))
          + ifFewer(volume.length, dice.length));
      html.append("</tr>");
    }
    html.append("</tbody></table></div><p class=\"note\">Intervals: bias-corrected and accelerated"
        + " bootstrap over cases, 10,000 draws. Cases without the structure on either side have no"
        + " value and do not count; “n” stands where a figure rests on fewer cases than Dice does.")
        .append(hd95 ? " HD95 does not exist where one side is empty." : "")
        .append(" Volume error: ").append(Html.escape(system))
        .append("’s volume minus the reference’s, over the reference’s.</p>");
    boxes(html, "Dice", "Dice", Charts.Axis.SHARE);
    if (hd95) {
      double highest = structures.stream().flatMapToDouble(
          s -> Arrays.stream(finite(s, "HD95_mm"))).max().orElse(1);
      boxes(html, "HD95_mm", "95th percentile of the surface distance (HD95)",
          Charts.Axis.upTo(highest, "mm"));
    }
    return html.append("</section>\n").toString();
  }

  private void boxes(StringBuilder html, String metric, String name, Charts.Axis axis) {
    List<Charts.Strip> strips = new ArrayList<>();
    for (int i = 0; i < structures.size(); i++) {
      double[] v = evaluation.values(structures.get(i).key(), metric);
      strips.add(new Charts.Strip(structures.get(i).name(), Palette.colour(i), v,
          Bootstrap.mean(v, ReportData.BOOTSTRAP_DRAWS, seed)));
    }
    html.append("<figure>")
        .append(Charts.strips(name + " of every case by structure", strips, axis))
        .append("<figcaption>").append(name)
        .append(
            " of every held-out case. Dots: values (of more than 150 only the outliers). Box and"
                + " bar: quartiles and median; whiskers: the outermost values within 1.5 interquartile"
                + " ranges. Diamond and line: the mean and its 95 % interval.</figcaption>"
                + "</figure>");
  }

  /** Dice of every case, the worst first; as many as the page has room for. */
  String cases() {
    List<CaseScores> byScore = new ArrayList<>(evaluation.cases());
    byScore.sort(Comparator.comparingDouble(c -> Headline.ofCase(c, structures)));
    int shown = Math.min(byScore.size(), Math.max(1, MOST_CELLS / (structures.size() + 2)));
    StringBuilder html = new StringBuilder("<section><h2>Every case, the worst first</h2>")
        .append("<div class=\"scroll\" tabindex=\"0\"><table class=\"cases")
        .append(structures.size() > MANY_COLUMNS ? " many" : "")
        .append("\"><caption>Dice. Marked: missed, invented, or below ").append(Failure.POOR_DICE)
        .append(". “absent”: on neither side.</caption><thead><tr><th scope=\"col\">Case")
        .append("<th scope=\"col\" class=\"n\"><span>Mean</span>");
    structures.forEach(s -> html.append("<th scope=\"col\" class=\"n\"><span>")
        .append(Html.escape(s.name())).append("</span>"));
    html.append("</tr></thead><tbody>");
    for (CaseScores c : byScore.subList(0, shown)) {
      html.append("<tr><th scope=\"row\">").append(Html.escape(c.id()));
      cell(html, Html.number(Headline.ofCase(c, structures), 3));
      for (Structure s : structures) {
        double dice = Headline.dice(c, s);
        html.append(dice < Failure.POOR_DICE ? "<td class=\"n poor\">" : "<td class=\"n\">")
            .append(Double.isFinite(dice)
                ? Html.number(dice, 3)
                : c.byStructure().containsKey(s.key()) ? "absent" : "not annotated");
      }
      html.append("</tr>");
    }
    html.append("</tbody></table></div>");
    if (shown < byScore.size()) {
      html.append("<p class=\"note\">The other ").append(byScore.size() - shown)
          .append(" cases stand in metrics.csv.</p>");
    }
    return html.append("</section>\n").toString();
  }

  private double[] finite(Structure s, String metric) {
    return Arrays.stream(evaluation.values(s.key(), metric)).filter(Double::isFinite).sorted()
        .toArray();
  }

  private static String ifFewer(int n, int all) {
    return n == all || n == 0 ? "" : " (n " + n + ")";
  }

  static String interval(Bootstrap.Interval i) {
    return i.n() < 2
        ? Html.MISSING
        : Html.number(i.low(), 3) + " to " + Html.number(i.high(), 3);
  }

  private static void cell(StringBuilder html, String content) {
    html.append("<td class=\"n\">").append(content);
  }
}
