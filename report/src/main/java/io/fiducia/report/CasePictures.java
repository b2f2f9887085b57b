package io.fiducia.report;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import io.fiducia.metrics.CaseScores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The worst, the median and the best case in three planes. */
final class CasePictures {
  private final ReportData data;
  private final List<Structure> structures;

  CasePictures(ReportData data) {
    this.data = data;
    this.structures = Headline.foreground(data.evaluation());
  }

  /**
   * The section, or nothing if no case has a score.
   *
   * @param characters that it may take
   */
  String html(long characters) {
    Map<String, CaseScores> shown = chosen();
    if (shown.isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder(
        "<section class=\"pictures\"><h2>Contours</h2><p>Filled with a thin edge: reference."
            + " Dashed line: ")
        .append(Html.escape(data.heading().system())).append(". ").append(window())
        .append(" Cut to the structures with a margin of 20 mm. R, L, A, P, S: the patient’s right,"
            + " left, anterior, posterior, superior; positions in LPS.</p>")
        .append(legend());
    int left = shown.size() * Plane.values().length;
    for (Map.Entry<String, CaseScores> e : shown.entrySet()) {
      CaseScores c = e.getValue();
      html.append("<div class=\"case\"><h3>").append(e.getKey()).append(": ")
          .append(Html.escape(c.id())).append(" <span>mean Dice ")
          .append(Html.number(Headline.ofCase(c, structures), 3)).append("</span></h3>");
      try {
        Path image = data.pictures().images().get(c.id());
        if (image == null) {
          throw FiduciaException.badInput("no image is known of this case", Path.of(c.id()), "",
              "");
        }
        CaseVolumes volumes = CaseVolumes.read(image, c.reference(), c.prediction(), ct());
        html.append("<div class=\"planes\">");
        for (Plane plane : Plane.values()) {
          html.append(SliceViewer.draw(volumes, plane, pictured(c.id()),
              (characters - html.length()) / left));
          left--;
        }
        html.append("</div>");
      } catch (FiduciaException error) {
        left -= Plane.values().length;
        // Without the file's folder: a page is passed on.
        html.append("<p class=\"warning\">No picture: ")
            .append(Html.escape(Path.of(error.where()).getFileName() + ": " + error.what()
                + (error.why().isEmpty() ? "" : ": " + error.why())))
            .append("</p>");
      }
      html.append("</div>");
    }
    return html.append("</section>\n").toString();
  }

  private SliceViewer.Legend pictured(String caseId) {
    return new SliceViewer.Legend(structures, caseId, data.heading().system());
  }

  private boolean ct() {
    return data.pictures().channel().equalsIgnoreCase("CT");
  }

  private String window() {
    return ct()
        ? "Grey: −160 to 240 HU."
        : "Grey: the middle 98 % of the intensities.";
  }

  private Map<String, CaseScores> chosen() {
    List<CaseScores> byScore = new ArrayList<>(data.evaluation().cases());
    byScore.removeIf(c -> Double.isNaN(Headline.ofCase(c, structures)));
    byScore.sort(Comparator.comparingDouble(c -> Headline.ofCase(c, structures)));
    Map<String, CaseScores> shown = new LinkedHashMap<>();
    int n = byScore.size();
    if (n == 1) {
      shown.put("The only case", byScore.get(0));
    } else if (n > 1) {
      shown.put("Worst", byScore.get(0));
      if (n > 2) {
        shown.put("Median", byScore.get((n - 1) / 2));
      }
      shown.put("Best", byScore.get(n - 1));
    }
    return shown;
  }

  /** What the colours mean; with scripts, also switches for what is drawn. */
  private String legend() {
    StringBuilder html = new StringBuilder("<div class=\"legend\">");
    for (String[] side : new String[][]{{"ref", "reference"},
      {"pred", data.heading().system()}}) {
      html.append("<label class=\"control\"><input type=\"checkbox\" checked data-shows=\".")
          .append(side[0]).append("\">").append(Html.escape(side[1])).append("</label>");
    }
    for (int s = 0; s < structures.size(); s++) {
      html.append(
          "<label><input class=\"control\" type=\"checkbox\" checked data-shows=\"[data-s='")
          .append(s).append("']\"><i style=\"background:").append(Palette.colour(s))
          .append("\"></i>").append(Html.escape(structures.get(s).name())).append("</label>");
    }
    return html.append("</div>").toString();
  }
}
