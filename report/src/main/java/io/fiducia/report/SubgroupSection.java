package io.fiducia.report;

import io.fiducia.metrics.stats.Bootstrap;
import io.fiducia.metrics.stats.ComparisonReport;
import io.fiducia.metrics.stats.Figures;
import io.fiducia.metrics.stats.Subgroups;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page's section about subgroups: one table per covariate and metric. */
final class SubgroupSection {
  private final Map<String, List<Subgroups>> tables = new LinkedHashMap<>();
  private final String primary;

  SubgroupSection(ComparisonReport report) {
    primary = report.metrics().get(0);
    report.subgroups().forEach(s -> tables
        .computeIfAbsent(s.metric() + " by " + s.covariate(), k -> new ArrayList<>()).add(s));
  }

  void appendTo(StringBuilder html) {
    if (tables.isEmpty()) {
      return;
    }
    html.append(
        "<h2>Subgroups</h2><p class=\"note\">Mean and 95 % bootstrap interval of each group;")
        .append(" groups with fewer than ").append(Subgroups.FEWEST)
        .append(" values are shown but not judged. The gap is between the best and the worst group")
        .append(" that can be judged; p is the chance of such a gap if the covariate meant nothing")
        .append(" (permutation test), below it corrected after Holm over the structures and")
        .append(
            " covariates of one system and metric. A gap that is not shown may be there all the")
        .append(" same.</p>");
    tables.forEach((title, rows) -> {
      // A covariate that makes no groups says so once.
      if (rows.stream().allMatch(s -> s.groups().isEmpty())) {
        if (rows.get(0).metric().equals(primary)) {
          html.append("<p class=\"note\">").append(Html.escape(rows.get(0).covariate()))
              .append(": ").append(Html.escape(rows.get(0).note())).append(".</p>");
        }
        return;
      }
      boolean open = rows.get(0).metric().equals(primary);
      html.append("<details").append(open ? " open" : "").append("><summary>")
          .append(Html.escape(title)).append("</summary>");
      table(html, rows);
      html.append("</details>");
    });
  }

  private static void table(StringBuilder html, List<Subgroups> rows) {
    html.append(
        "<div class=\"scroll\"><table class=\"figures\"><thead><tr><th scope=\"col\">Structure")
        .append("<th scope=\"col\">System");
    for (Subgroups.Group g : rows.get(0).groups()) {
      html.append("<th scope=\"col\" class=\"n\">").append(Html.escape(g.name()));
    }
    html.append("<th scope=\"col\" class=\"n\">Gap<th scope=\"col\" class=\"n\">p")
        .append("<th scope=\"col\">Worst group</tr></thead><tbody>");
    for (Subgroups s : rows) {
      String m = s.metric();
      html.append("<tr><th scope=\"row\">").append(Html.escape(s.structure())).append("<td>")
          .append(Html.escape(s.subject()));
      for (Subgroups.Group g : s.groups()) {
        boolean worst = s.worst().filter(g.name()::equals).isPresent();
        html.append("<td class=\"n\">").append(worst ? "<b>" : "")
            .append(CompareCharts.minus(Figures.value(m, g.mean().mean())))
            .append(worst ? "</b>" : "").append("<br><span class=\"soft\">")
            .append(g.mean().n() < 2 ? "" : range(m, g.mean()) + "<br>").append("n = ")
            .append(g.mean().n()).append(g.judged() ? "" : "<br>too few to judge")
            .append("</span>");
      }
      html.append("<td class=\"n\">")
          .append(s.gap().map(g -> Figures.value(m, g.mean()) + "<br><span class=\"soft\">"
              + range(m, g) + "</span>").orElse("–"))
          .append("<td class=\"n\">").append(Html.escape(Figures.p(s.p())));
      if (!Double.isNaN(s.pHolm())) {
        html.append("<br><span class=\"soft\">").append(Html.escape(Figures.p(s.pHolm())))
            .append("</span>");
      }
      html.append("<td>")
          .append(s.worst().map(Html::escape).orElse("–"));
      if (!s.note().isEmpty()) {
        html.append("<br><span class=\"soft\">").append(Html.escape(s.note())).append("</span>");
      }
      html.append("</tr>");
    }
    html.append("</tbody></table></div>");
  }

  private static String range(String metric, Bootstrap.Interval i) {
    return CompareCharts
        .minus(Figures.value(metric, i.low()) + " to " + Figures.value(metric, i.high()));
  }
}
