package io.fiducia.report;

import io.fiducia.base.AtomicFiles;
import io.fiducia.core.Structure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the results page: one self-contained HTML file that asks nothing of any network and stays
 * under {@link #MOST_BYTES} whatever the dataset. docs/report.md says what stands on it.
 */
public final class ReportWriter {
  /** Upper bound of the file's size. */
  public static final int MOST_BYTES = 5_000_000;
  /** What pictures leave free for what is not counted while they are drawn. */
  private static final int SPARE_BYTES = 300_000;
  private static final int MOST_WARNINGS = 20;

  private final ReportData data;
  /** By label, as contours are coloured and training curves are kept. */
  private final List<Structure> structures;

  private ReportWriter(ReportData data) {
    this.data = data;
    this.structures = Headline.foreground(data.evaluation());
  }

  /** Writes the page. A case whose images cannot be read is named on the page; the rest stands. */
  public static void write(ReportData data, Path file) {
    AtomicFiles.writeString(file, new ReportWriter(data).page());
  }

  private String page() {
    ScoreTables tables = new ScoreTables(data);
    String before = warnings() + headline() + tables.failures() + tables.structures();
    String after = tables.cases() + training() + run();
    int taken = (before + after).getBytes(StandardCharsets.UTF_8).length;
    String pictures = new CasePictures(data).html(MOST_BYTES - SPARE_BYTES - taken);
    return Page.of(data.heading().title(), data.heading().synthetic(), before + pictures + after);
  }

  private String warnings() {
    List<String> all = Stream.concat(data.heading().warnings().stream(),
        data.evaluation().problems().stream().map(p -> p.caseId() + ": " + p.message())).toList();
    StringBuilder html = new StringBuilder();
    all.stream().limit(MOST_WARNINGS).forEach(w -> html.append("<p class=\"warning\">")
        .append(Html.escape(w)).append("</p>"));
    if (all.size() > MOST_WARNINGS) {
      html.append("<p class=\"warning\">And ").append(all.size() - MOST_WARNINGS)
          .append(" more problems, which summary.json lists.</p>");
    }
    return html.toString();
  }

  private String headline() {
    Headline h = Headline.of(data.evaluation(), data.run().seed());
    StringBuilder html = new StringBuilder("<p class=\"headline\">Mean Dice <b>")
        .append(Html.number(h.mean().mean(), 3)).append("</b> <span>")
        .append(h.mean().n() < 2
            ? "from 1 held-out case"
            : "(95 % interval " + ScoreTables.interval(h.mean()) + ") over " + h.mean().n()
                + " held-out cases")
        .append(" and ").append(h.structures())
        .append(h.structures() == 1 ? " structure" : " structures")
        .append(
            "</span></p><p class=\"note\">The mean over structures of their means over the cases"
                + " that have a value; the interval is over cases.");
    if (!h.withoutValue().isEmpty()) {
      html.append(" Without any value and not counted: ")
          .append(Html.escape(String.join(", ", h.withoutValue()))).append('.');
    }
    return html.append("</p>\n").toString();
  }

  private String training() {
    List<TrainingCurve.Epoch> rows = data.curve().epochs();
    if (rows.isEmpty()) {
      return "";
    }
    double[] steps = new double[rows.size()];
    double total = 0;
    for (int i = 0; i < steps.length; i++) {
      total += rows.get(i).steps();
      steps[i] = total;
    }
    double[] train = column(rows, TrainingCurve.Epoch::trainLoss);
    double[] validation = column(rows, TrainingCurve.Epoch::validationLoss);
    double high = Stream.of(train, validation).flatMapToDouble(Arrays::stream)
        .filter(Double::isFinite).max().orElse(0);
    List<Charts.Series> dice = new ArrayList<>();
    for (int s = 0; s < structures.size(); s++) {
      int index = s;
      dice.add(new Charts.Series(structures.get(s).name(), Palette.colour(s), Palette.dashed(s),
          steps, column(rows, r -> index < r.dicePerStructure().size()
              ? r.dicePerStructure().get(index)
              : Double.NaN)));
    }
    return "<section><h2>Training</h2><div class=\"curves\"><figure>"
        + Charts.lines("Loss over training steps", "training steps", -1,
            Math.ceil(Math.max(high, 0) * 2) / 2,
            List.of(
                new Charts.Series("training", Palette.colour(5), false, steps, train),
                new Charts.Series("validation", Palette.colour(4), true, steps, validation)))
        + "<figcaption>Loss: cross-entropy minus soft Dice, deep supervision weighted; −1 is perfect."
        + "</figcaption></figure><figure>"
        + Charts.lines("Pseudo Dice over training steps", "training steps", 0, 1, dice)
        + "<figcaption>Dice pooled over random validation patches, which runs higher or lower than"
        + " Dice of whole cases; only for watching the training.</figcaption></figure></div>"
        + "</section>\n";
  }

  private String run() {
    StringBuilder html = new StringBuilder("<section><h2>Time and memory</h2>")
        .append("<table><thead><tr><th scope=\"col\">Phase<th scope=\"col\" class=\"n\">Time")
        .append("<th scope=\"col\" class=\"n\">Peak memory</tr></thead><tbody>");
    for (Phase p : data.run().phases()) {
      html.append("<tr><th scope=\"row\">").append(Html.escape(p.name()))
          .append("<td class=\"n\">").append(Html.duration(p.seconds())).append("<td class=\"n\">")
          .append(memory(p.peakMemoryMb())).append("</tr>");
    }
    html.append("</tbody><tfoot><tr><th scope=\"row\">All<td class=\"n\">")
        .append(Html.duration(data.run().seconds())).append("<td class=\"n\">")
        .append(memory(data.run().peakMemoryMb()))
        .append(
            "</tr></tfoot></table><p class=\"note\">Memory: most of the process’s resident pages"
                + " at any moment of the phase, mapped files and what earlier phases keep included.</p>"
                + "</section>\n<section><h2>To reproduce this</h2><table><tbody>");
    data.run().facts()
        .forEach((k, v) -> html.append("<tr><th scope=\"row\">").append(Html.escape(k))
            .append("<td>").append(Html.escape(v)).append("</tr>"));
    html.append("</tbody></table><pre>");
    data.run().commands().forEach(c -> html.append(Html.escape(c)).append('\n'));
    return html.append("</pre></section>\n").toString();
  }

  private static String memory(long mb) {
    return mb <= 0 ? Html.MISSING : mb + " MB";
  }

  private static double[] column(List<TrainingCurve.Epoch> rows,
      java.util.function.ToDoubleFunction<TrainingCurve.Epoch> field) {
    return rows.stream().mapToDouble(field).toArray();
  }
}
