package io.fiducia.resample;

import io.fiducia.base.FiduciaException;
import java.util.Arrays;

/** Checks of array shapes, slowest axis first. */
final class Shapes {
  private Shapes() {}

  /** The number of elements; a shape of three axes above zero and below 2^31 elements, or an error. */
  static int elements(int[] shape) {
    if (shape.length != 3) {
      throw new IllegalArgumentException("expected three axes, found " + Arrays.toString(shape));
    }
    long n = 1;
    for (int s : shape) {
      if (s < 1) {
        throw new IllegalArgumentException("shape " + Arrays.toString(shape));
      }
      n *= s;
      if (n > Integer.MAX_VALUE - 8) {
        throw FiduciaException.badInput("the resampled volume would be too large",
            "shape " + Arrays.toString(shape), "at most 2^31 - 9 voxels fit one array",
            "choose a coarser spacing or crop the image first");
      }
    }
    return (int) n;
  }

  static void check(int length, int[] shape) {
    if (length != elements(shape)) {
      throw new IllegalArgumentException(
          "expected " + Arrays.toString(shape) + " voxels, found " + length);
    }
  }

  /** The number of elements of the axes before {@code axis}. */
  static int outer(int[] shape, int axis) {
    int n = 1;
    for (int a = 0; a < axis; a++) {
      n *= shape[a];
    }
    return n;
  }

  /** The number of elements of the axes after {@code axis}. */
  static int inner(int[] shape, int axis) {
    int n = 1;
    for (int a = axis + 1; a < shape.length; a++) {
      n *= shape[a];
    }
    return n;
  }
}
