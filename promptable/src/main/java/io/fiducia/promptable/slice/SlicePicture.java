package io.fiducia.promptable.slice;

import io.fiducia.base.FiduciaException;

/**
 * A grey picture for a model: a slice after its window.
 *
 * @param width number of columns
 * @param height number of rows
 * @param grey values from 0 to 255, row by row; not rounded, since some families round them and some do
 *     not. The array is not copied and must not change
 */
public record SlicePicture(int width, int height, float[] grey) {
  public SlicePicture {
    if (width < 1 || height < 1 || grey.length != (long) width * height) {
      throw new IllegalArgumentException(
          grey.length + " values for a picture of " + width + "x" + height);
    }
    for (float v : grey) {
      if (!(v >= 0 && v <= 255)) {
        throw FiduciaException.badInput("a picture has values that no window gives",
            "picture of " + width + "x" + height, "expected 0 to 255, found " + v,
            "map intensities to 0 to 255 first");
      }
    }
  }
}
