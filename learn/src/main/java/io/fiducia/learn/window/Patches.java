package io.fiducia.learn.window;

import io.fiducia.learn.window.SlidingWindow.Image;
import java.util.Arrays;

/** The patches of an image, zero where they reach beyond it. Positions count from the padded image's corner. */
final class Patches {
  private final Image image;
  private final int[] patch;
  private final int[] before;
  private final float[] values;

  /** Patches of an image. @param before voxels of padding in front of the image, (z, y, x) */
  Patches(Image image, int[] patch, int[] before) {
    this.image = image;
    this.patch = patch;
    this.before = before;
    this.values = new float[Math.multiplyExact(image.data().length,
        patch[0] * patch[1] * patch[2])];
  }

  /** Whether a voxel of the image in this patch reaches the value below which patches are empty. */
  boolean needed(int z, int y, int x) {
    if (image.emptyBelow().isEmpty()) {
      return true;
    }
    float least = (float) image.emptyBelow().getAsDouble();
    float[] data = image.data()[0];
    int[] shape = image.shape();
    int fromX = Math.max(0, x - before[2]);
    int toX = Math.min(shape[2], x - before[2] + patch[2]);
    for (int k = Math.max(0, z - before[0]); k < Math.min(shape[0],
        z - before[0] + patch[0]); k++) {
      for (int j = Math.max(0, y - before[1]); j < Math.min(shape[1],
          y - before[1] + patch[1]); j++) {
        int row = (k * shape[1] + j) * shape[2];
        for (int i = row + fromX; i < row + toX; i++) {
          if (data[i] >= least) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** The patch's values, (channel, z, y, x); the array is used again by the next call. */
  float[] cut(int z, int y, int x) {
    Arrays.fill(values, 0);
    int[] shape = image.shape();
    int fromX = Math.max(0, x - before[2]);
    int length = Math.min(shape[2], x - before[2] + patch[2]) - fromX;
    int at = Math.max(0, before[2] - x);
    for (int c = 0; c < image.data().length; c++) {
      for (int k = 0; k < patch[0]; k++) {
        for (int j = 0; j < patch[1]; j++, at += patch[2]) {
          int inZ = z - before[0] + k;
          int inY = y - before[1] + j;
          if (inZ >= 0 && inZ < shape[0] && inY >= 0 && inY < shape[1]) {
            System.arraycopy(image.data()[c], (inZ * shape[1] + inY) * shape[2] + fromX, values,
                at, length);
          }
        }
      }
    }
    return values;
  }
}
