package io.fiducia.promptable.volume;

import io.fiducia.promptable.slice.PixelBox;
import java.util.Optional;

/** Measures of masks of one slice or picture, stored row by row. */
public final class SliceMask {
  private SliceMask() {}

  /** The elements whose probability is above one half. */
  public static boolean[] of(float[] probabilities) {
    boolean[] mask = new boolean[probabilities.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = probabilities[i] > 0.5f;
    }
    return mask;
  }

  /** Probabilities 1 in the mask and 0 elsewhere. */
  public static float[] certain(boolean[] mask) {
    float[] out = new float[mask.length];
    for (int i = 0; i < mask.length; i++) {
      out[i] = mask[i] ? 1 : 0;
    }
    return out;
  }

  /** Number of elements of a mask. */
  public static int area(boolean[] mask) {
    int n = 0;
    for (boolean in : mask) {
      n += in ? 1 : 0;
    }
    return n;
  }

  /** Number of elements of two masks of one size. */
  static int common(boolean[] a, boolean[] b) {
    int n = 0;
    for (int i = 0; i < a.length; i++) {
      n += a[i] && b[i] ? 1 : 0;
    }
    return n;
  }

  /** Intersection over union; 0 if both are empty. */
  public static double iou(boolean[] a, boolean[] b) {
    int common = common(a, b);
    int union = area(a) + area(b) - common;
    return union == 0 ? 0 : (double) common / union;
  }

  /** Dice's coefficient; 1 if both are empty. */
  public static double dice(boolean[] a, boolean[] b) {
    int sum = area(a) + area(b);
    return sum == 0 ? 1 : 2.0 * common(a, b) / sum;
  }

  /** The smallest box that holds a mask; its corners are elements of it. Empty for an empty mask. */
  public static Optional<PixelBox> box(boolean[] mask, int width) {
    int x0 = width;
    int x1 = -1;
    int y0 = mask.length;
    int y1 = -1;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        x0 = Math.min(x0, i % width);
        x1 = Math.max(x1, i % width);
        y0 = Math.min(y0, i / width);
        y1 = i / width;
      }
    }
    return x1 < 0 ? Optional.empty() : Optional.of(new PixelBox(x0, y0, x1, y1));
  }
}
