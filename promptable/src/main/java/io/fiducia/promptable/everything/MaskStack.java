package io.fiducia.promptable.everything;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.raster.LabelPalette;
import io.fiducia.raster.PngWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Masks of one picture on top of each other, the largest at the bottom, so that small ones stay visible. The largest
 * mask has label 1.
 */
public final class MaskStack {
  /** A smaller picture is enlarged by a whole factor. */
  private static final int LEAST_SIDE = 512;
  /** Share of a mask's colour inside of it; its border has the colour alone. */
  private static final double TINT = 0.4;

  private final int width;
  private final int height;
  private final List<EverythingMask> masks;
  private final short[] labels;

  /**
   * The masks of a picture of this size.
   *
   * @throws FiduciaException BAD_INPUT for more masks than a label map can number
   */
  public MaskStack(int width, int height, List<EverythingMask> found) {
    if (found.size() > Short.MAX_VALUE) {
      throw FiduciaException.badInput("there are too many masks for a label map",
          "picture of " + width + "x" + height,
          "expected at most " + Short.MAX_VALUE + ", found " + found.size(),
          "search with fewer points, or keep masks with a higher predicted IoU only");
    }
    this.width = width;
    this.height = height;
    this.masks = found.stream()
        .sorted(Comparator.comparingInt(EverythingMask::area).reversed()).toList();
    this.labels = new short[width * height];
    for (int i = 0; i < masks.size(); i++) {
      short label = (short) (i + 1);
      masks.get(i).pixels().stream().forEach(p -> labels[p] = label);
    }
  }

  /** The masks in the order of their labels, which count from 1. */
  public List<EverythingMask> masks() {
    return masks;
  }

  /** The label of the smallest mask at each pixel, row by row; 0 outside of all masks. */
  public short[] labels() {
    return labels.clone();
  }

  /** Writes the picture with coloured masks as PNG; small pictures are enlarged. */
  public void writePicture(Path file, SlicePicture picture) {
    int factor = Math.max(1, Math.ceilDiv(LEAST_SIDE, Math.max(width, height)));
    int[] out = new int[width * factor * height * factor];
    for (int y = 0; y < height * factor; y++) {
      for (int x = 0; x < width * factor; x++) {
        int label = labels[y / factor * width + x / factor];
        int grey = Math.round(picture.grey()[y / factor * width + x / factor]);
        int rgb = grey << 16 | grey << 8 | grey;
        if (label > 0) {
          rgb = isBorder(label, x, y, factor)
              ? LabelPalette.rgb(label)
              : mixed(rgb, LabelPalette.rgb(label));
        }
        out[y * width * factor + x] = rgb;
      }
    }
    PngWriter.write(file, width * factor, height * factor, out);
  }

  /** Whether a pixel of the enlarged picture lies at the border of its label. */
  private boolean isBorder(int label, int x, int y, int factor) {
    return at(x - 1, y, factor) != label || at(x + 1, y, factor) != label
        || at(x, y - 1, factor) != label || at(x, y + 1, factor) != label;
  }

  private int at(int x, int y, int factor) {
    return x < 0 || y < 0 || x >= width * factor || y >= height * factor
        ? 0
        : labels[y / factor * width + x / factor];
  }

  private static int mixed(int below, int above) {
    int out = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      out |= (int) Math
          .round((1 - TINT) * (below >> shift & 0xff) + TINT * (above >> shift & 0xff)) << shift;
    }
    return out;
  }
}
