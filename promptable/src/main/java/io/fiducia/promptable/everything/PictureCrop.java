package io.fiducia.promptable.everything;

import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePicture;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a picture that is searched by itself.
 *
 * @param x0 first column
 * @param y0 first row
 * @param x1 the column after the last
 * @param y1 the row after the last
 * @param layer 0 for the whole picture
 */
public record PictureCrop(int x0, int y0, int x1, int y1, int layer) {
  /** A box this close to the edge of a crop was cut by it; in pixels. */
  private static final double NEAR = 20;

  /** The whole picture, then the crops of each layer, column by column. Crops without pixels are left out. */
  static List<PictureCrop> of(int width, int height, EverythingSettings.Crops crops) {
    List<PictureCrop> out = new ArrayList<>();
    out.add(new PictureCrop(0, 0, width, height, 0));
    for (int layer = 1; layer <= crops.layers(); layer++) {
      int perSide = 1 << layer;
      int overlap = (int) (crops.overlapRatio() * Math.min(width, height) * (2.0 / perSide));
      int cropWidth = length(width, perSide, overlap);
      int cropHeight = length(height, perSide, overlap);
      for (int i = 0; i < perSide; i++) {
        int x = i * (cropWidth - overlap);
        for (int j = 0; j < perSide; j++) {
          int y = j * (cropHeight - overlap);
          if (x < width && y < height) {
            out.add(new PictureCrop(x, y, Math.min(x + cropWidth, width),
                Math.min(y + cropHeight, height), layer));
          }
        }
      }
    }
    return out;
  }

  private static int length(int whole, int crops, int overlap) {
    return Math.ceilDiv(overlap * (crops - 1) + whole, crops);
  }

  /** Number of columns. */
  public int width() {
    return x1 - x0;
  }

  /** Number of rows. */
  public int height() {
    return y1 - y0;
  }

  /** Number of pixels. */
  long area() {
    return (long) width() * height();
  }

  /** This part of a picture. */
  SlicePicture of(SlicePicture picture) {
    float[] out = new float[width() * height()];
    for (int y = 0; y < height(); y++) {
      System.arraycopy(picture.grey(), (y + y0) * picture.width() + x0, out, y * width(), width());
    }
    return new SlicePicture(width(), height(), out);
  }

  /** Whether a box, in pixels of the picture, ends near an edge of this crop that is no edge of the picture. */
  boolean cuts(PixelBox box, int pictureWidth, int pictureHeight) {
    return cuts(box.x0(), x0, 0) || cuts(box.y0(), y0, 0) || cuts(box.x1(), x1, pictureWidth)
        || cuts(box.y1(), y1, pictureHeight);
  }

  private static boolean cuts(double end, int crop, int picture) {
    return Math.abs(end - crop) <= NEAR && Math.abs(end - picture) > NEAR;
  }
}
