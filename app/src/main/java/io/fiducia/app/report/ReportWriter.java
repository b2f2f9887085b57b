package io.fiducia.app.report;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Orientation;
import io.fiducia.metrics.CaseScores;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.Structure;
import io.fiducia.metrics.stats.Bootstrap;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nnunet.train.TrainingLog;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Reorient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the results page: one self-contained HTML file that asks nothing of any network. */
public final class ReportWriter {
  /** Okabe and Ito's palette, which people of every colour vision can tell apart. */
  private static final List<String> COLOURS = List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7",
      "#E69F00", "#56B4E9", "#F0E442");

  private static final Orientation LPS = new Orientation("LPS");

  private final ReportData data;
  /** By label, as contours are coloured and training curves are kept. */
  private final List<Structure> structures;
  private final StringBuilder html = new StringBuilder();

  private ReportWriter(ReportData data) {
    this.data = data;
    this.structures = data.evaluation().structures().stream()
        .sorted(Comparator.comparingInt(s -> s.labels().get(0))).toList();
  }

  /** Writes the page. A case whose images cannot be read is named on the page; the rest stands. */
  public static void write(ReportData data, Path file) {
    AtomicFiles.writeString(file, new ReportWriter(data).page());
  }

  private String page() {
    html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\"><title>")
        .append(Html.escape(data.title())).append("</title><style>").append(resource("report.css"))
        .append("</style></head><body><main><h1>").append(Html.escape(data.title()))
        .append("</h1><p class=\"notice\">Research software, not a medical device. ")
        .append(data.synthetic() ? "The images are synthetic. " : "")
        .append("Every contour needs a person's review before any use.</p>");
    for (String warning : data.warnings()) {
      html.append("<p class=\"warning\">").append(Html.escape(warning)).append("</p>");
    }
    headline();
    scores();
    pictures();
    cases();
    training();
    run();
    return html.append("</main></body></html>\n").toString();
  }

  private void headline() {
    Bootstrap.Interval overall = Bootstrap.mean(Arrays.stream(caseMeans()).toArray(),
        ReportData.BOOTSTRAP_DRAWS, data.seed());
    html.append(String.format(Locale.ROOT,
        "<p class=\"headline\">Mean Dice over cases <b>%s</b> <span>(95 %% interval %s to %s over %d held-out cases,"
            + " %d structures)</span></p>",
        number(overall.mean()), number(overall.low()), number(overall.high()), overall.n(),
        structures.size()));
    for (Evaluation.Problem p : data.evaluation().problems()) {
      html.append("<p class=\"warning\">").append(Html.escape(p.caseId() + ": " + p.message()))
          .append("</p>");
    }
  }

  private void scores() {
    html.append("<h2>Scores</h2><table><thead><tr><th>Structure<th class=\"n\">Mean Dice")
        .append("<th class=\"n\">95 % interval<th class=\"n\">Median<th class=\"n\">Worst")
        .append("<th class=\"n\">Volume difference<th class=\"n\">Cases</tr></thead><tbody>");
    List<Charts.Strip> strips = new ArrayList<>();
    for (int i = 0; i < structures.size(); i++) {
      Structure s = structures.get(i);
      double[] dice = data.evaluation().values(s.key(), "Dice");
      Bootstrap.Interval mean = Bootstrap.mean(dice, ReportData.BOOTSTRAP_DRAWS, data.seed());
      double[] sorted = Arrays.stream(dice).filter(Double::isFinite).sorted().toArray();
      double volume = data.evaluation().mean(s.key()).get("volume_difference_rel");
      html.append(String.format(Locale.ROOT,
          "<tr><td><i style=\"background:%s\"></i>%s<td class=\"n\">%s<td class=\"n\">%s to %s"
              + "<td class=\"n\">%s<td class=\"n\">%s<td class=\"n\">%s<td class=\"n\">%d</tr>",
          colour(i), Html.escape(s.name()), number(mean.mean()), number(mean.low()),
          number(mean.high()), sorted.length == 0 ? "–" : number(Charts.quantile(sorted, 0.5)),
          sorted.length == 0 ? "–" : number(sorted[0]),
          Double.isNaN(volume) ? "–" : String.format(Locale.ROOT, "%+.1f %%", 100 * volume),
          mean.n()));
      strips.add(new Charts.Strip(s.name(), colour(i), dice, mean));
    }
    html.append("</tbody></table><figure>").append(Charts.strips(strips))
        .append(
            "<figcaption>Dice of every held-out case (dots), quartiles (box), median (bar); below,")
        .append(" the mean (diamond) with its 95 % bootstrap interval (line). Cases without the")
        .append(" structure on either side have no value and do not count.</figcaption></figure>");
  }

  private void pictures() {
    List<CaseScores> byScore = new ArrayList<>(data.evaluation().cases());
    byScore.removeIf(c -> Double.isNaN(meanDice(c)));
    byScore.sort(Comparator.comparingDouble(ReportWriter::meanDice));
    if (byScore.isEmpty()) {
      return;
    }
    Map<String, CaseScores> shown = new LinkedHashMap<>();
    shown.put("Worst", byScore.get(0));
    shown.put("Median", byScore.get(byScore.size() / 2));
    shown.put("Best", byScore.get(byScore.size() - 1));
    html.append(
        "<h2>Contours</h2><p>Solid coloured lines: reference. Dashed white lines: Fiducia. ")
        .append(
            "Slices are those that hold most of the structures; R, L, A, P, S: patient's right, ")
        .append("left, anterior, posterior, superior.</p><p class=\"legend\">");
    for (int i = 0; i < structures.size(); i++) {
      html.append("<span><i style=\"background:").append(colour(i)).append("\"></i>")
          .append(Html.escape(structures.get(i).name())).append("</span> ");
    }
    html.append("</p>");
    shown.forEach((title, c) -> {
      html.append(String.format(Locale.ROOT, "<h3>%s: %s <span>mean Dice %s</span></h3>", title,
          Html.escape(c.id()), number(meanDice(c))));
      try {
        Path imageFile = data.images().get(c.id());
        if (imageFile == null) {
          throw FiduciaException.badInput("no image", c.id(), "", "");
        }
        FloatVolume image = Reorient.to(NiftiReader.read(imageFile).toFloatVolume(0), LPS);
        LabelVolume reference = toLps(c.reference());
        LabelVolume prediction = toLps(c.prediction());
        html.append("<div class=\"planes\">");
        for (PlanePicture.Plane plane : PlanePicture.Plane.values()) {
          html.append("<figure>")
              .append(PlanePicture.draw(plane, image, reference, prediction, COLOURS))
              .append("<figcaption>").append(plane.title).append("</figcaption></figure>");
        }
        html.append("</div>");
      } catch (FiduciaException e) {
        // Without the file's folder: a page is passed on.
        html.append("<p class=\"warning\">No picture: ")
            .append(Html.escape(Path.of(e.where()).getFileName() + ": " + e.what()
                + (e.why().isEmpty() ? "" : ": " + e.why())))
            .append("</p>");
      }
    });
  }

  private static LabelVolume toLps(Path file) {
    return Reorient.to(NiftiReader.read(file).toLabelVolume(), LPS);
  }

  private void cases() {
    List<CaseScores> byScore = new ArrayList<>(data.evaluation().cases());
    byScore.sort(Comparator.comparingDouble(ReportWriter::meanDice));
    html.append("<h2>Cases, worst first</h2><details open><summary>")
        .append(byScore.size()).append(" cases</summary><table><thead><tr><th>Case");
    structures
        .forEach(s -> html.append("<th class=\"n\">").append(Html.escape(s.name())));
    html.append("</tr></thead><tbody>");
    for (CaseScores c : byScore) {
      html.append("<tr><td>").append(Html.escape(c.id()));
      for (Structure s : structures) {
        html.append("<td class=\"n\">").append(number(c.byStructure().get(s.key()).get("Dice")));
      }
      html.append("</tr>");
    }
    html.append("</tbody></table></details>");
  }

  private void training() {
    List<TrainingLog.Row> rows = data.log().rows();
    if (rows.isEmpty()) {
      return;
    }
    double[] steps = new double[rows.size()];
    double total = 0;
    for (int i = 0; i < steps.length; i++) {
      total += rows.get(i).steps();
      steps[i] = total;
    }
    double[] train = column(rows, TrainingLog.Row::trainLoss);
    double[] validation = column(rows, TrainingLog.Row::validationLoss);
    double high = Arrays.stream(concat(train, validation)).filter(Double::isFinite).max().orElse(0);
    List<Charts.Series> dice = new ArrayList<>();
    for (int s = 0; s < structures.size(); s++) {
      int index = s;
      dice.add(new Charts.Series(structures.get(s).name(), colour(s),
          s % 2 == 1, steps, column(rows, r -> index < r.dicePerStructure().size()
              ? r.dicePerStructure().get(index)
              : Double.NaN)));
    }
    html.append("<h2>Training</h2><div class=\"curves\"><figure>")
        .append(Charts.lines("Loss", "training steps", -1, Math.ceil(Math.max(high, 0) * 2) / 2,
            List.of(new Charts.Series("training", COLOURS.get(0), false, steps, train),
                new Charts.Series("validation", COLOURS.get(1), true, steps, validation))))
        .append(
            "<figcaption>Loss (cross-entropy minus soft Dice; -1 is perfect)</figcaption></figure>")
        .append("<figure>").append(Charts.lines("Pseudo Dice", "training steps", 0, 1, dice))
        .append("<figcaption>Dice over validation patches, pooled</figcaption></figure></div>");
  }

  private void run() {
    html.append("<h2>What was run</h2><div class=\"curves\"><table><tbody>");
    data.facts().forEach((k, v) -> html.append("<tr><td>").append(Html.escape(k)).append("<td>")
        .append(Html.escape(v)).append("</tr>"));
    html.append(
        "</tbody></table><table><thead><tr><th>Phase<th class=\"n\">Seconds</tr></thead><tbody>");
    data.timings().forEach((k, v) -> html.append(
        String.format(Locale.ROOT, "<tr><td>%s<td class=\"n\">%.1f</tr>", Html.escape(k), v)));
    html.append("</tbody></table></div><h2>To run it again</h2><pre>");
    data.commands().forEach(c -> html.append(Html.escape(c)).append('\n'));
    html.append("</pre>");
  }

  private double[] caseMeans() {
    return data.evaluation().cases().stream().mapToDouble(ReportWriter::meanDice).toArray();
  }

  /** Mean Dice of a case over the structures that have a value. */
  private static double meanDice(CaseScores c) {
    return c.byStructure().values().stream().mapToDouble(m -> m.get("Dice"))
        .filter(Double::isFinite).average().orElse(Double.NaN);
  }

  private static double[] column(List<TrainingLog.Row> rows,
      java.util.function.ToDoubleFunction<TrainingLog.Row> field) {
    return rows.stream().mapToDouble(field).toArray();
  }

  private static double[] concat(double[] a, double[] b) {
    double[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static String colour(int index) {
    return COLOURS.get(index % COLOURS.size());
  }

  private static String number(double v) {
    return Double.isNaN(v) ? "–" : String.format(Locale.ROOT, "%.3f", v);
  }

  private static String resource(String name) {
    try (InputStream in = ReportWriter.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
