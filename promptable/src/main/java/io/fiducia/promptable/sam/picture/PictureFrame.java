package io.fiducia.promptable.sam.picture;

import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePicture;
import java.util.Arrays;

/**
 * Where a picture lies in the square that a network sees.
 *
 * @param preparation how the picture is prepared
 * @param width columns of the picture
 * @param height rows of the picture
 * @param side pixels along each side of the network's square
 */
public record PictureFrame(Preparation preparation, int width, int height, int side) {
  private static final float[] MEAN = {123.675f, 116.28f, 103.53f};
  private static final float[] DEVIATION = {58.395f, 57.12f, 57.375f};
  private static final double LEAST_RANGE = 1e-8;

  public PictureFrame {
    if (width < 1 || height < 1 || side < 1) {
      throw new IllegalArgumentException(width + "x" + height + " in " + side);
    }
  }

  /** Columns of the square that the picture fills. */
  public int scaledWidth() {
    return scaled(width);
  }

  /** Rows of the square that the picture fills. */
  public int scaledHeight() {
    return scaled(height);
  }

  private int scaled(int length) {
    return preparation == Preparation.MEDSAM
        ? side
        : Math.max(1, (int) (length * (side * 1.0 / Math.max(width, height)) + 0.5));
  }

  /** A column of the picture in the square. */
  public float x(double column) {
    return switch (preparation) {
      case SAM -> (float) (column * ((double) scaledWidth() / width));
      case COMPACT -> (float) ((column + 0.5) * scaledWidth() / width);
      case MEDSAM -> (float) (column / width * side);
      case LITEMEDSAM -> (float) (column * ((double) side / Math.max(width, height)));
    };
  }

  /** A row of the picture in the square. */
  public float y(double row) {
    return switch (preparation) {
      case SAM -> (float) (row * ((double) scaledHeight() / height));
      case COMPACT -> (float) ((row + 0.5) * scaledHeight() / height);
      case MEDSAM -> (float) (row / height * side);
      case LITEMEDSAM -> (float) (row * ((double) side / Math.max(width, height)));
    };
  }

  /** x0, y0, x1, y1 of a box in the square. */
  public float[] box(PixelBox box) {
    // The compact model's box has the outer borders of the pixels at its corners.
    double outer = preparation == Preparation.COMPACT ? 0.5 : 0;
    float[] sides = {x(box.x0() - outer), y(box.y0() - outer), x(box.x1() + outer),
      y(box.y1() + outer)};
    if (preparation == Preparation.LITEMEDSAM) {
      double ratio = (double) side / Math.max(width, height);
      double[] exact = {box.x0(), box.y0(), box.x1(), box.y1()};
      for (int i = 0; i < sides.length; i++) {
        sides[i] = (int) (exact[i] * ratio);
      }
    }
    return sides;
  }

  /**
   * The network's input for a picture: (3, side, side), all colours alike.
   *
   * @throws IllegalArgumentException if the picture has another size
   */
  public float[] input(SlicePicture picture) {
    if (picture.width() != width || picture.height() != height) {
      throw new IllegalArgumentException("a picture of " + picture.width() + "x"
          + picture.height() + " for a frame of " + width + "x" + height);
    }
    return switch (preparation) {
      case SAM, COMPACT -> sam(picture);
      case MEDSAM -> filled(ranged(CubicResize.apply(picture.grey(), width, height, side, side)),
          side, side);
      case LITEMEDSAM -> filled(
          ranged(Arrays.stream(AreaResize.apply(eightBit(picture), width, height, scaledWidth(),
              scaledHeight())).asDoubleStream().toArray()),
          scaledWidth(), scaledHeight());
    };
  }

  private float[] sam(SlicePicture picture) {
    int w = scaledWidth();
    int h = scaledHeight();
    int[] grey = AntialiasedResize.apply(eightBit(picture), width, height, w, h);
    float[] out = new float[3 * side * side];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          out[(c * side + y) * side + x] = (grey[y * w + x] - MEAN[c]) / DEVIATION[c];
        }
      }
    }
    return out;
  }

  /** Three times the same values, and zeros to the right and below. */
  private float[] filled(float[] values, int w, int h) {
    float[] out = new float[3 * side * side];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < h; y++) {
        System.arraycopy(values, y * w, out, (c * side + y) * side, w);
      }
    }
    return out;
  }

  private static float[] ranged(double[] values) {
    double low = Arrays.stream(values).min().orElse(0);
    double range = Math.max(LEAST_RANGE, Arrays.stream(values).max().orElse(0) - low);
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) ((values[i] - low) / range);
    }
    return out;
  }

  private static int[] eightBit(SlicePicture picture) {
    int[] out = new int[picture.grey().length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) Math.rint(picture.grey()[i]);
    }
    return out;
  }
}
