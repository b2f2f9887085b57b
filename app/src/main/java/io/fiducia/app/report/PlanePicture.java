package io.fiducia.app.report;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Draws one plane of an image with the contours of a reference and a prediction as a self-contained
 * SVG. Volumes must be stored in LPS order; planes are shown as radiologists look at them: the
 * patient's left on the viewer's right, anterior above, superior above.
 */
final class PlanePicture {
  /** The three planes. */
  enum Plane {
    AXIAL("Axial", "R", "L", "A"),
    CORONAL("Coronal", "R", "L", "S"),
    SAGITTAL("Sagittal", "A", "P", "S");

    final String title;
    final String left;
    final String right;
    final String top;

    Plane(String title, String left, String right, String top) {
      this.title = title;
      this.left = left;
      this.right = right;
      this.top = top;
    }
  }

  private final Plane plane;
  private final int slice;
  private final Size size;
  private final int width;
  private final int height;
  private final double pixelWidthMm;
  private final double pixelHeightMm;

  private PlanePicture(Plane plane, int slice, Size size, Vec3 spacingMm) {
    this.plane = plane;
    this.slice = slice;
    this.size = size;
    this.width = plane == Plane.SAGITTAL ? size.y() : size.x();
    this.height = plane == Plane.AXIAL ? size.y() : size.z();
    this.pixelWidthMm = plane == Plane.SAGITTAL ? spacingMm.y() : spacingMm.x();
    this.pixelHeightMm = plane == Plane.AXIAL ? spacingMm.y() : spacingMm.z();
  }

  /**
   * The picture of the slice that holds most of the two label maps' voxels.
   *
   * @param colours one for each label from 1, reused when there are more labels
   */
  static String draw(Plane plane, FloatVolume image, LabelVolume reference, LabelVolume prediction,
      List<String> colours) {
    PlanePicture p = new PlanePicture(plane, fullestSlice(plane, reference, prediction),
        image.geometry().size(), image.geometry().spacingMm());
    double w = p.width * p.pixelWidthMm;
    double h = p.height * p.pixelHeightMm;
    StringBuilder svg = new StringBuilder();
    svg.append(String.format(Locale.ROOT,
        "<svg class=\"plane\" viewBox=\"0 0 %.2f %.2f\" role=\"img\" aria-label=\"%s slice %d\">",
        w, h,
        plane.title, p.slice));
    svg.append(String.format(Locale.ROOT,
        "<image width=\"%.2f\" height=\"%.2f\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,%s\"/>",
        w, h, p.png(image)));
    svg.append(String.format(Locale.ROOT, "<g transform=\"scale(%.5f %.5f)\">", p.pixelWidthMm,
        p.pixelHeightMm));
    p.contours(svg, reference, "ref", colours);
    p.contours(svg, prediction, "pred", colours);
    svg.append("</g>");
    double font = Math.max(w, h) / 18;
    svg.append(String.format(Locale.ROOT,
        "<g class=\"mark\" font-size=\"%.2f\"><text x=\"%.2f\" y=\"%.2f\">%s</text>"
            + "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"end\">%s</text>"
            + "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">%s</text></g></svg>",
        font, font * 0.3, h / 2, plane.left, w - font * 0.3, h / 2, plane.right, w / 2, font,
        plane.top));
    return svg.toString();
  }

  private static int fullestSlice(Plane plane, LabelVolume a, LabelVolume b) {
    Size s = a.geometry().size();
    long[] count = new long[switch (plane) {
      case AXIAL -> s.z();
      case CORONAL -> s.y();
      case SAGITTAL -> s.x();
    }];
    for (int k = 0; k < s.z(); k++) {
      for (int j = 0; j < s.y(); j++) {
        for (int i = 0; i < s.x(); i++) {
          if (a.at(i, j, k) > 0 || b.at(i, j, k) > 0) {
            count[plane == Plane.AXIAL ? k : plane == Plane.CORONAL ? j : i]++;
          }
        }
      }
    }
    int best = count.length / 2;
    for (int i = 0; i < count.length; i++) {
      if (count[i] > count[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Array index of the voxel behind a picture's pixel. */
  private int voxel(int column, int row) {
    return switch (plane) {
      case AXIAL -> size.index(column, row, slice);
      case CORONAL -> size.index(column, slice, height - 1 - row);
      case SAGITTAL -> size.index(slice, column, height - 1 - row);
    };
  }

  private String png(FloatVolume image) {
    float[] grey = new float[width * height];
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        grey[r * width + c] = image.data()[voxel(c, r)];
      }
    }
    // Each plane's own middle 98 % fits MR of any scale; CT air and metal do not wash it out.
    float[] sorted = grey.clone();
    Arrays.sort(sorted);
    float low = sorted[(int) (0.01 * (sorted.length - 1))];
    float high = Math.max(sorted[(int) (0.99 * (sorted.length - 1))], low + 1e-6f);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < grey.length; i++) {
      int v = Math.clamp(Math.round(255 * (grey[i] - low) / (high - low)), 0, 255);
      picture.getRaster().setSample(i % width, i / width, 0, v);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }

  /** Outlines along pixel edges: exactly the voxels' border, nothing smoothed. */
  private void contours(StringBuilder svg, LabelVolume labels, String cssClass,
      List<String> colours) {
    short[] cut = new short[width * height];
    int max = 0;
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        cut[r * width + c] = labels.data()[voxel(c, r)];
        max = Math.max(max, cut[r * width + c]);
      }
    }
    for (int label = 1; label <= max; label++) {
      StringBuilder path = new StringBuilder();
      for (int r = 0; r <= height; r++) {
        for (int c = 0; c < width; c++) {
          int from = c;
          while (c < width && inside(cut, c, r, label) != inside(cut, c, r - 1, label)) {
            c++;
          }
          if (c > from) {
            path.append('M').append(from).append(' ').append(r).append('h').append(c - from);
          }
        }
      }
      for (int c = 0; c <= width; c++) {
        for (int r = 0; r < height; r++) {
          int from = r;
          while (r < height && inside(cut, c, r, label) != inside(cut, c - 1, r, label)) {
            r++;
          }
          if (r > from) {
            path.append('M').append(c).append(' ').append(from).append('v').append(r - from);
          }
        }
      }
      if (!path.isEmpty()) {
        svg.append("<path class=\"").append(cssClass).append("\" stroke=\"")
            .append(colours.get((label - 1) % colours.size())).append("\" d=\"").append(path)
            .append("\"/>");
      }
    }
  }

  private boolean inside(short[] cut, int column, int row, int label) {
    return column >= 0 && row >= 0 && column < width && row < height
        && cut[row * width + column] == label;
  }
}
