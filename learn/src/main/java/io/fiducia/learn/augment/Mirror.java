package io.fiducia.learn.augment;

/** Reverses the chosen axes while copying a patch to its place in the batch. */
record Mirror(boolean z, boolean y, boolean x) {
  void copy(float[] from, int fromAt, float[] to, int toAt, PatchShape shape) {
    if (!z && !y && !x) {
      System.arraycopy(from, fromAt, to, toAt, shape.voxels());
      return;
    }
    int width = shape.x();
    for (int oz = 0; oz < shape.z(); oz++) {
      for (int oy = 0; oy < shape.y(); oy++) {
        int source = fromAt + sourceRow(oz, oy, shape);
        int target = toAt + (oz * shape.y() + oy) * width;
        if (x) {
          int last = source + width - 1;
          for (int i = 0; i < width; i++) {
            to[target + i] = from[last - i];
          }
        } else {
          System.arraycopy(from, source, to, target, width);
        }
      }
    }
  }

  /** Copies labels as {@link #copy} copies values, and turns -1 (outside) into background, 0. */
  void copyLabels(short[] from, int fromAt, short[] to, int toAt, PatchShape shape) {
    int width = shape.x();
    for (int oz = 0; oz < shape.z(); oz++) {
      for (int oy = 0; oy < shape.y(); oy++) {
        int source = fromAt + sourceRow(oz, oy, shape);
        int target = toAt + (oz * shape.y() + oy) * width;
        if (x) {
          int last = source + width - 1;
          for (int i = 0; i < width; i++) {
            to[target + i] = noOutside(from[last - i]);
          }
        } else {
          for (int i = 0; i < width; i++) {
            to[target + i] = noOutside(from[source + i]);
          }
        }
      }
    }
  }

  private static short noOutside(short label) {
    return label == -1 ? 0 : label;
  }

  private int sourceRow(int oz, int oy, PatchShape shape) {
    int sz = z ? shape.z() - 1 - oz : oz;
    int sy = y ? shape.y() - 1 - oy : oy;
    return (sz * shape.y() + sy) * shape.x();
  }
}
