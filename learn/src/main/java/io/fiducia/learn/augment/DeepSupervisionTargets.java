package io.fiducia.learn.augment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The segmentation at the resolution of each decoder output that is supervised. */
public final class DeepSupervisionTargets {
  private DeepSupervisionTargets() {}

  /**
   * One target per network stage but the deepest, full resolution first (that one is {@code seg}
   * itself, not a copy). The label of a target voxel is the one at the voxel whose centre is nearest, as torch's {@code
   * nearest-exact}.
   *
   * @param seg labels of one sample or of a whole batch, each sample of {@code patch} voxels
   * @param patch the patch's two or three axes
   * @param strides each stage's stride per axis, the first stage's being ones, as the plans hold them
   */
  public static List<short[]> downsample(short[] seg, int[] patch, int[][] strides) {
    PatchShape full = PatchShape.of(patch);
    if (seg.length % full.voxels() != 0) {
      throw new IllegalArgumentException(
          seg.length + " labels are no whole number of patches of " + full);
    }
    int samples = seg.length / full.voxels();
    List<short[]> targets = new ArrayList<>();
    for (int[] size : sizes(patch, strides)) {
      PatchShape small = PatchShape.of(size);
      targets.add(small.equals(full) ? seg : nearest(seg, samples, full, small));
    }
    return targets;
  }

  /** The size of each target that {@link #downsample} makes. */
  public static List<int[]> sizes(int[] patch, int[][] strides) {
    double[] scale = new double[patch.length];
    Arrays.fill(scale, 1);
    List<int[]> sizes = new ArrayList<>();
    for (int stage = 0; stage < strides.length - 1; stage++) {
      int[] size = new int[patch.length];
      for (int axis = 0; axis < patch.length; axis++) {
        scale[axis] /= strides[stage][axis];
        size[axis] = (int) Math.rint(patch[axis] * scale[axis]);
      }
      sizes.add(size);
    }
    return sizes;
  }

  private static short[] nearest(short[] seg, int samples, PatchShape from, PatchShape to) {
    int[] zs = nearestIndices(from.z(), to.z());
    int[] ys = nearestIndices(from.y(), to.y());
    int[] xs = nearestIndices(from.x(), to.x());
    short[] out = new short[samples * to.voxels()];
    int o = 0;
    for (int sample = 0; sample < samples; sample++) {
      for (int z : zs) {
        for (int y : ys) {
          int row = sample * from.voxels() + (z * from.y() + y) * from.x();
          for (int x : xs) {
            out[o++] = seg[row + x];
          }
        }
      }
    }
    return out;
  }

  /** For each of {@code to} voxels the nearest of {@code from}, in float arithmetic as torch's. */
  static int[] nearestIndices(int from, int to) {
    float scale = (float) from / to;
    int[] indices = new int[to];
    for (int i = 0; i < to; i++) {
      indices[i] = Math.min((int) ((i + 0.5f) * scale), from - 1);
    }
    return indices;
  }
}
