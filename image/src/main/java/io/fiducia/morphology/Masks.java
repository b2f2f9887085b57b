package io.fiducia.morphology;

import java.util.Arrays;

/** Masks from label maps, and checks of their shapes. A mask has one boolean per voxel. */
public final class Masks {
  private Masks() {}

  /** The voxels that carry a label. */
  public static boolean[] equalTo(short[] labels, int label) {
    boolean[] mask = new boolean[labels.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = labels[i] == label;
    }
    return mask;
  }

  /** The voxels that carry any label above zero. */
  public static boolean[] foreground(short[] labels) {
    boolean[] mask = new boolean[labels.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = labels[i] > 0;
    }
    return mask;
  }

  static void check(boolean[] mask, int[] shapeZyx) {
    if (shapeZyx.length != 3 || shapeZyx[0] < 1 || shapeZyx[1] < 1 || shapeZyx[2] < 1
        || (long) shapeZyx[0] * shapeZyx[1] * shapeZyx[2] != mask.length) {
      throw new IllegalArgumentException(
          "a mask of " + mask.length + " voxels has not the shape " + Arrays.toString(shapeZyx));
    }
  }
}
