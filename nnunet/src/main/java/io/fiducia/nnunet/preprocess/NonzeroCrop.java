package io.fiducia.nnunet.preprocess;

import io.fiducia.morphology.FillHoles;
import io.fiducia.nnunet.cases.Grids;
import io.fiducia.nnunet.cases.PreprocessedCase;

/**
 * The cropping of an image to where any channel is not zero, holes filled, as nnU-Net does it
 * before everything else.
 *
 * <p>Difference from nnU-Net: holes are filled inside the box only. The result is the same, because
 * a hole touches no face of the box, and whatever touches one is joined to the outside.
 *
 * @param bounds half-open (z, y, x) bounds of the mask in the image; the whole image where every
 *     voxel is zero
 * @param shape size of the box
 * @param data channels inside the box; the given arrays themselves where nothing is cut off
 * @param seg labels inside the box with -1 where the label was 0 and the mask is false; without
 *     labels 0 inside the mask and -1 outside
 */
public record NonzeroCrop(int[][] bounds, int[] shape, float[][] data, short[] seg) {
  /**
   * Crops an image without labels.
   *
   * @param channels one array per channel, row-major (z, y, x)
   */
  public static NonzeroCrop of(float[][] channels, int[] shape) {
    return crop(channels, shape, new short[Grids.voxels(shape)]);
  }

  /** Crops an image and its labels; {@code labels} is not changed. */
  public static NonzeroCrop of(float[][] channels, int[] shape, short[] labels) {
    return crop(channels, shape, labels.clone());
  }

  private static NonzeroCrop crop(float[][] channels, int[] shape, short[] labels) {
    int voxels = Grids.voxels(shape);
    boolean[] mask = new boolean[voxels];
    for (float[] channel : channels) {
      for (int i = 0; i < voxels; i++) {
        mask[i] |= channel[i] != 0;
      }
    }
    int[][] bounds = bounds(mask, shape);
    int[] size = Grids.sizes(bounds);
    float[][] data = new float[channels.length][];
    for (int c = 0; c < channels.length; c++) {
      data[c] = Grids.crop(channels[c], shape, bounds);
    }
    short[] seg = Grids.crop(labels, shape, bounds);
    boolean[] inside = Grids.crop(mask, shape, bounds);
    if (hasFalse(inside)) {
      boolean[] filled = FillHoles.fill(inside, size);
      for (int i = 0; i < seg.length; i++) {
        if (!filled[i] && seg[i] == 0) {
          seg[i] = PreprocessedCase.OUTSIDE;
        }
      }
    }
    return new NonzeroCrop(bounds, size, data, seg);
  }

  private static boolean hasFalse(boolean[] mask) {
    for (boolean b : mask) {
      if (!b) {
        return true;
      }
    }
    return false;
  }

  private static int[][] bounds(boolean[] mask, int[] shape) {
    int[] low = {shape[0], shape[1], shape[2]};
    int[] high = new int[3];
    for (int z = 0; z < shape[0]; z++) {
      for (int y = 0; y < shape[1]; y++) {
        int row = (z * shape[1] + y) * shape[2];
        int first = 0;
        while (first < shape[2] && !mask[row + first]) {
          first++;
        }
        if (first == shape[2]) {
          continue;
        }
        int last = shape[2] - 1;
        while (!mask[row + last]) {
          last--;
        }
        low[0] = Math.min(low[0], z);
        high[0] = Math.max(high[0], z + 1);
        low[1] = Math.min(low[1], y);
        high[1] = Math.max(high[1], y + 1);
        low[2] = Math.min(low[2], first);
        high[2] = Math.max(high[2], last + 1);
      }
    }
    if (high[0] == 0) {
      return new int[][]{{0, shape[0]}, {0, shape[1]}, {0, shape[2]}};
    }
    return new int[][]{{low[0], high[0]}, {low[1], high[1]}, {low[2], high[2]}};
  }
}
