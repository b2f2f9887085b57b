package io.fiducia.report;

import io.fiducia.core.Structure;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * The slices of one plane of a case with both sides' contours, as one SVG and a slider. The slice that
 * shows most of the structures comes first, and is alone where scripts do not run.
 */
final class SliceViewer {
  /**
   * How much of a plane is kept.
   *
   * @param slices at most
   * @param longSide pixels of a picture's longer side at most; voxels are averaged in blocks for it
   * @param quality of the JPEG, 0 to 1
   */
  private record Detail(int slices, int longSide, float quality) {}

  /**
   * What is named in the pictures; nothing is escaped yet.
   *
   * @param structures in the order of their colours
   * @param system whose contours are drawn beside the reference's
   */
  record Legend(List<Structure> structures, String caseId, String system) {}

  /** From the best to what must always fit. */
  private static final List<Detail> LADDER = List.of(new Detail(64, 400, 0.88f),
      new Detail(40, 400, 0.85f), new Detail(32, 320, 0.8f), new Detail(24, 288, 0.75f),
      new Detail(18, 256, 0.7f), new Detail(12, 224, 0.65f), new Detail(8, 192, 0.6f),
      new Detail(5, 160, 0.5f), new Detail(1, 128, 0.4f));

  private final CaseVolumes volumes;
  private final Plane plane;
  private final Legend legend;
  private final Detail detail;
  private final int[] slices;
  /** Voxels of a picture pixel along one side. */
  private final int block;
  private final int width;
  private final int height;

  private SliceViewer(CaseVolumes volumes, Plane plane, Legend legend, Detail detail) {
    this.volumes = volumes;
    this.plane = plane;
    this.legend = legend;
    this.detail = detail;
    this.slices = volumes.slices(plane.across(), detail.slices());
    int w = volumes.to(plane.columns()) - volumes.from(plane.columns());
    int h = volumes.to(plane.rows()) - volumes.from(plane.rows());
    this.block = Math.ceilDiv(Math.max(w, h), detail.longSide());
    this.width = Math.max(1, w / block);
    this.height = Math.max(1, h / block);
  }

  /**
   * The viewer with as many slices and as fine pictures as fit into a number of characters. What
   * cannot be smaller is drawn all the same: one coarse slice.
   */
  static String draw(CaseVolumes volumes, Plane plane, Legend legend, long characters) {
    for (Detail d : LADDER) {
      SliceViewer viewer = new SliceViewer(volumes, plane, legend, d);
      String html = viewer.html(characters);
      if (html.length() <= characters || d == LADDER.get(LADDER.size() - 1)) {
        return html;
      }
    }
    throw new IllegalStateException("the ladder has a last rung");
  }

  private String html(long enough) {
    Vec3 spacing = volumes.geometry().spacingMm();
    double columnMm = plane.columnMm(spacing) * block;
    double rowMm = plane.rowMm(spacing) * block;
    double w = width * columnMm;
    double h = height * rowMm;
    String name = plane.title + " slices of case " + Html.escape(legend.caseId());
    int shown = 0;
    StringBuilder html = new StringBuilder(String.format(Locale.ROOT,
        "<figure class=\"viewer\"><svg class=\"plane\" viewBox=\"0 0 %.2f %.2f\" role=\"img\""
            + " aria-label=\"%s with the contours of reference and %s\">",
        w, h, name, Html.escape(legend.system())));
    for (int i = 0; i < slices.length && html.length() <= enough; i++) {
      boolean first = slices[i] == volumes.fullest(plane.across());
      shown = first ? i : shown;
      html.append(String.format(Locale.ROOT,
          "<g class=\"slice%s\" data-where=\"%s\"><image width=\"%.2f\" height=\"%.2f\""
              + " preserveAspectRatio=\"none\" href=\"data:image/jpeg;base64,%s\"/>"
              + "<g transform=\"scale(%.5f %.5f)\">",
          first ? " on" : "", where(slices[i]), w, h, jpeg(slices[i]), columnMm, rowMm));
      contours(html, volumes.reference(), slices[i], "ref");
      contours(html, volumes.prediction(), slices[i], "pred");
      html.append("</g></g>\n");
    }
    double font = Math.max(w, h) / 18;
    html.append(String.format(Locale.ROOT,
        "<g class=\"mark\" font-size=\"%.2f\"><text x=\"%.2f\" y=\"%.2f\">%s</text>"
            + "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"end\">%s</text>"
            + "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">%s</text></g></svg>",
        font, font * 0.3, h / 2, plane.left, w - font * 0.3, h / 2, plane.right, w / 2, font,
        plane.top));
    if (slices.length > 1) {
      html.append(String.format(Locale.ROOT,
          "<input class=\"control\" type=\"range\" min=\"0\" max=\"%d\" value=\"%d\""
              + " aria-label=\"%s\">",
          slices.length - 1, shown, name));
    }
    return html.append("<figcaption>").append(plane.title).append(", <output>")
        .append(where(slices[shown])).append("</output></figcaption></figure>\n").toString();
  }

  /** Where a slice lies in the patient. */
  private String where(int slice) {
    Size s = volumes.geometry().size();
    double[] index = {(s.x() - 1) / 2.0, (s.y() - 1) / 2.0, (s.z() - 1) / 2.0};
    index[plane.across()] = slice;
    return plane.axis + " " + Html.number(volumes.geometry()
        .toPhysical(index[0], index[1], index[2]).get(plane.across()), 1) + " mm";
  }

  /** Array index of a voxel of a picture's pixel. */
  private int voxel(int column, int row, int slice, int inColumn, int inRow) {
    int[] index = new int[3];
    int down = row * block + inRow;
    index[plane.columns()] = volumes.from(plane.columns()) + column * block + inColumn;
    index[plane.rows()] = plane.upwards()
        ? volumes.to(plane.rows()) - 1 - down
        : volumes.from(plane.rows()) + down;
    index[plane.across()] = slice;
    return volumes.geometry().size().index(index[0], index[1], index[2]);
  }

  /** Voxels of a block along each side; fewer where the picture is thinner than a block. */
  private int within(int axis) {
    return Math.min(block, volumes.to(axis) - volumes.from(axis));
  }

  private String jpeg(int slice) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    float[] data = volumes.image().data();
    int columns = within(plane.columns());
    int rows = within(plane.rows());
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        double sum = 0;
        for (int b = 0; b < rows; b++) {
          for (int a = 0; a < columns; a++) {
            sum += data[voxel(c, r, slice, a, b)];
          }
        }
        double share = (sum / (columns * rows) - volumes.low())
            / (volumes.high() - volumes.low());
        picture.getRaster().setSample(c, r, 0, (int) Math.rint(255 * Math.clamp(share, 0, 1)));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(detail.quality());
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }

  private void contours(StringBuilder html, LabelVolume labels, int slice, String side) {
    short[] cut = new short[width * height];
    int inColumn = (within(plane.columns()) - 1) / 2;
    int inRow = (within(plane.rows()) - 1) / 2;
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        cut[r * width + c] = labels.data()[voxel(c, r, slice, inColumn, inRow)];
      }
    }
    for (int s = 0; s < legend.structures().size(); s++) {
      List<Integer> values = legend.structures().get(s).labels();
      int left = width;
      int right = -1;
      int top = height;
      int bottom = -1;
      for (int i = 0; i < cut.length; i++) {
        if (cut[i] > 0 && values.contains((int) cut[i])) {
          left = Math.min(left, i % width);
          right = Math.max(right, i % width);
          top = Math.min(top, i / width);
          bottom = i / width;
        }
      }
      if (right >= 0) {
        html.append(String.format(Locale.ROOT,
            "<path class=\"%s\" data-s=\"%d\" style=\"--c:%s\" d=\"", side,
            s, Palette.colour(s)))
            .append(Outlines.trace((c, r) -> values.contains((int) cut[r * width + c]), left, top,
                right - left + 1, bottom - top + 1))
            .append("\"><title>").append(Html.escape(legend.structures().get(s).name()))
            .append(", ")
            .append(side.equals("ref") ? "reference" : Html.escape(legend.system()))
            .append("</title></path>");
      }
    }
  }
}
