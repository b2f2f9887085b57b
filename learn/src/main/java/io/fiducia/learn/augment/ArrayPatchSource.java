package io.fiducia.learn.augment;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A case held in memory as one array per channel and one of labels, each (z, y, x). It keeps the
 * arrays it is given: callers must not change them afterwards.
 */
public final class ArrayPatchSource implements PatchSource {
  private final String id;
  private final int[] shape;
  private final float[][] data;
  private final short[] seg;
  private final Map<Integer, int[]> classLocations;

  public ArrayPatchSource(
      String id, int[] shape, float[][] data, short[] seg, Map<Integer, int[]> classLocations) {
    int voxels = Math.multiplyExact(Math.multiplyExact(shape[0], shape[1]), shape[2]);
    for (float[] channel : data) {
      requireLength("image channel", channel.length, voxels);
    }
    requireLength("segmentation", seg.length, voxels);
    this.id = id;
    this.shape = shape.clone();
    this.data = data.clone();
    this.seg = seg;
    this.classLocations = new TreeMap<>(classLocations);
  }

  private static void requireLength(String what, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          what + " has " + found + " values, its shape asks for " + expected);
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public int channels() {
    return data.length;
  }

  @Override
  public Map<Integer, int[]> classLocations() {
    return classLocations;
  }

  @Override
  public void readPatch(int[] start, int[] size, float[] dataOut, short[] segOut) {
    int voxels = size[0] * size[1] * size[2];
    boolean inside = true;
    for (int axis = 0; axis < 3; axis++) {
      inside &= start[axis] >= 0 && start[axis] + size[axis] <= shape[axis];
    }
    if (!inside) {
      Arrays.fill(dataOut, 0, voxels * data.length, 0f);
      Arrays.fill(segOut, 0, voxels, (short) -1);
    }
    int z0 = Math.max(0, -start[0]);
    int z1 = Math.min(size[0], shape[0] - start[0]);
    int y0 = Math.max(0, -start[1]);
    int y1 = Math.min(size[1], shape[1] - start[1]);
    int x0 = Math.max(0, -start[2]);
    int length = Math.min(size[2], shape[2] - start[2]) - x0;
    if (length <= 0) {
      return;
    }
    for (int z = z0; z < z1; z++) {
      for (int y = y0; y < y1; y++) {
        int from = ((start[0] + z) * shape[1] + start[1] + y) * shape[2] + start[2] + x0;
        int to = (z * size[1] + y) * size[2] + x0;
        for (int c = 0; c < data.length; c++) {
          System.arraycopy(data[c], from, dataOut, c * voxels + to, length);
        }
        System.arraycopy(seg, from, segOut, to, length);
      }
    }
  }
}
