package io.fiducia.app.commands;

import io.fiducia.app.cli.Console;
import io.fiducia.app.cli.Context;
import io.fiducia.metrics.stats.ComparisonReport;
import io.fiducia.metrics.stats.Figures;
import io.fiducia.metrics.stats.PairedComparison;
import io.fiducia.metrics.stats.Subgroups;
import io.fiducia.metrics.stats.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shows a comparison on the terminal. */
final class CompareText {
  private static final int WIDTH = 96;

  private CompareText() {}

  /** A table a headline metric and pair, the primary metric's verdicts in sentences. */
  static void print(ComparisonReport report, Context context) {
    Console console = context.console();
    for (String metric : report.headline()) {
      for (List<PairedComparison> pair : pairs(report, metric)) {
        table(pair, console);
        if (metric.equals(report.metrics().get(0)) || context.verbose()) {
          for (PairedComparison c : pair) {
            wrap(c.structure() + ": " + Verdict.of(c).text(), console);
          }
        }
        console.result("");
      }
    }
    for (ComparisonReport.BandResult b : report.bands()) {
      wrap(b.band().structure() + ", " + b.band().metric() + ": " + b.system() + " "
          + Figures.value(b.band().metric(), b.result().mean()) + " (90 % interval "
          + Figures.value(b.band().metric(), b.result().low()) + " to "
          + Figures.value(b.band().metric(), b.result().high()) + ", n = " + b.result().n()
          + ") against people's " + Figures.range(b.band().metric(), b.band().low(),
              b.band().high())
          + ": " + b.verdict(), console);
    }
    subgroups(report.subgroups().stream()
        .filter(s -> s.metric().equals(report.metrics().get(0))).toList(), console);
  }

  /** The gaps that are shown, one line each; the others are counted. */
  static void subgroups(List<Subgroups> subgroups, Console console) {
    int unseen = 0;
    int few = 0;
    for (Subgroups s : subgroups) {
      few += s.gap().isEmpty() ? 1 : 0;
      unseen += s.gap().isPresent() && s.p() >= 0.05 ? 1 : 0;
      if (s.gap().isEmpty() || s.p() >= 0.05) {
        continue;
      }
      List<String> groups = new ArrayList<>();
      for (Subgroups.Group g : s.groups()) {
        groups.add(g.name() + " " + Figures.value(s.metric(), g.mean().mean()) + " (n = "
            + g.mean().n() + (g.judged() ? ")" : ", too few to judge)"));
      }
      String gap = s.gap().map(g -> "; gap " + Figures.value(s.metric(), g.mean())
          + Figures.unit(s.metric()) + " (95 % interval " + Figures.value(s.metric(), g.low())
          + " to " + Figures.value(s.metric(), g.high()) + "), " + Figures.pEquals(s.p()) + ", "
          + Figures.p(s.pHolm()) + " corrected").orElse("");
      wrap(s.subject() + ", " + s.structure() + ", " + s.metric() + " by " + s.covariate() + ": "
          + String.join(", ", groups) + s.worst().map(w -> "; worst: " + w).orElse("") + gap
          + (s.note().isEmpty() ? "" : "; " + s.note()), console);
    }
    if (!subgroups.isEmpty()) {
      console.result("subgroups: " + unseen + " without a gap shown (p >= 0.05), " + few
          + " too few to judge or without groups");
    }
  }

  private static List<List<PairedComparison>> pairs(ComparisonReport report, String metric) {
    List<List<PairedComparison>> pairs = new ArrayList<>();
    for (PairedComparison c : report.comparisons()) {
      if (!c.metric().equals(metric)) {
        continue;
      }
      List<PairedComparison> last = pairs.isEmpty() ? List.of() : pairs.get(pairs.size() - 1);
      if (last.isEmpty() || !last.get(0).a().equals(c.a()) || !last.get(0).b().equals(c.b())) {
        pairs.add(new ArrayList<>(List.of(c)));
      } else {
        last.add(c);
      }
    }
    return pairs;
  }

  private static void table(List<PairedComparison> rows, Console console) {
    PairedComparison first = rows.get(0);
    String m = first.metric();
    console.result(m + ": " + first.b() + " against " + first.a());
    int name = Math.max(9, rows.stream().mapToInt(c -> c.structure().length()).max().orElse(9));
    String format = "%-" + name + "s  %4s  %8s  %8s  %10s  %-19s  %8s  %s";
    console.result(String.format(Locale.ROOT, format, "structure", "n", shortened(first.a()),
        shortened(first.b()), "difference", "95 % interval", "p (Holm)", "finding"));
    for (PairedComparison c : rows) {
      String interval = Double.isNaN(c.interval().low())
          ? "–"
          : Figures.signed(m, c.interval().low()) + " to "
              + Figures.signed(m, c.interval().high());
      console.result(String.format(Locale.ROOT, format, c.structure(), c.n(),
          Figures.value(m, c.pairs().meanA()), Figures.value(m, c.pairs().meanB()),
          Figures.signed(m, c.interval().mean()), interval, Figures.p(c.pHolm()),
          Verdict.of(c).brief()));
    }
  }

  private static String shortened(String name) {
    return name.length() <= 8 ? name : name.substring(0, 7) + "…";
  }

  /** Breaks at spaces; the lines after the first are set in. */
  private static void wrap(String text, Console console) {
    StringBuilder line = new StringBuilder();
    String indent = "";
    for (String word : text.split(" ")) {
      if (line.length() > indent.length() && line.length() + 1 + word.length() > WIDTH) {
        console.result(line.toString());
        indent = "  ";
        line = new StringBuilder(indent);
      }
      line.append(line.length() > indent.length() ? " " : "").append(word);
    }
    console.result(line.toString());
  }
}
