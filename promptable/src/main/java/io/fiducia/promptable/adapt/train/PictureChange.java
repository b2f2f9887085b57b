package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.promptable.slice.SlicePicture;

/**
 * A small change of a picture: moved, scaled, turned, other contrast. It is never mirrored, because left and right
 * organs would become each other.
 *
 * @param matrix xx, xy, yx, yy from the result to the source, around the picture's middle
 * @param shiftX in pixels
 * @param shiftY in pixels
 * @param gamma exponent of grey values from 0 to 1
 * @param contrast factor around middle grey
 * @param brightness added to grey values from 0 to 1
 */
record PictureChange(double[] matrix, double shiftX, double shiftY, double gamma, double contrast,
    double brightness) {
  private static final double SCALE = 0.15;
  private static final double SHIFT = 0.06;
  private static final double TURN = Math.toRadians(10);
  private static final double GREY = 0.2;
  private static final double LIGHT = 0.08;
  private static final double WHITE = 255;

  /** Draws a change for a picture of a size. */
  static PictureChange draw(SeededRandom random, int width, int height) {
    double scale = Draws.uniform(random, 1 - SCALE, 1 + SCALE);
    double angle = Draws.uniform(random, -TURN, TURN);
    double cos = Math.cos(angle) / scale;
    double sin = Math.sin(angle) / scale;
    return new PictureChange(new double[]{cos, -sin, sin, cos},
        Draws.uniform(random, -SHIFT, SHIFT) * width, Draws.uniform(random, -SHIFT, SHIFT) * height,
        Draws.uniform(random, 1 - GREY, 1 + GREY), Draws.uniform(random, 1 - GREY, 1 + GREY),
        Draws.uniform(random, -LIGHT, LIGHT));
  }

  /** The changed picture; what lies beyond the source is black. */
  SlicePicture apply(SlicePicture picture) {
    float[] moved = moved(picture.grey(), picture.width(), picture.height());
    for (int i = 0; i < moved.length; i++) {
      double g = Math.pow(Math.max(0, moved[i] / WHITE), gamma);
      moved[i] = (float) (WHITE
          * Math.clamp(0.5 + contrast * (g - 0.5) + brightness, 0.0, 1.0));
    }
    return new SlicePicture(picture.width(), picture.height(), moved);
  }

  /** The moved mask of a picture of a size. */
  boolean[] apply(boolean[] mask, int width, int height) {
    float[] values = new float[mask.length];
    for (int i = 0; i < mask.length; i++) {
      values[i] = mask[i] ? 1 : 0;
    }
    float[] moved = moved(values, width, height);
    boolean[] out = new boolean[mask.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = moved[i] > 0.5f;
    }
    return out;
  }

  private float[] moved(float[] values, int width, int height) {
    float[] out = new float[values.length];
    double midX = (width - 1) / 2.0;
    double midY = (height - 1) / 2.0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double dx = x - midX - shiftX;
        double dy = y - midY - shiftY;
        out[y * width + x] = (float) linear(values, width, height,
            midX + matrix[0] * dx + matrix[1] * dy, midY + matrix[2] * dx + matrix[3] * dy);
      }
    }
    return out;
  }

  private static double linear(float[] values, int width, int height, double x, double y) {
    int x0 = (int) Math.floor(x);
    int y0 = (int) Math.floor(y);
    double sum = 0;
    for (int j = 0; j < 2; j++) {
      for (int i = 0; i < 2; i++) {
        int column = x0 + i;
        int row = y0 + j;
        if (column >= 0 && column < width && row >= 0 && row < height) {
          sum += (1 - Math.abs(x - column)) * (1 - Math.abs(y - row))
              * values[row * width + column];
        }
      }
    }
    return sum;
  }
}
