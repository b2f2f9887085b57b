package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;

/**
 * Removes detail like a coarser scan: keeps the nearest voxels of a grid {@code scale} times as fine
 * and interpolates linearly back. The first axis stays as it is when {@code keepFirstAxis}.
 */
record LowResolution(double scale, boolean keepFirstAxis) implements IntensityTransform {
  static LowResolution draw(SeededRandom random, boolean keepFirstAxis) {
    return new LowResolution(Draws.uniform(random, 0.5, 1), keepFirstAxis);
  }

  /** Where each voxel of the fine axis lies between two voxels of the coarse one. */
  private record Upsampling(int[] low, int[] high, float[] weight) {
    static Upsampling of(int coarse, int fine) {
      int[] low = new int[fine];
      int[] high = new int[fine];
      float[] weight = new float[fine];
      float step = (float) coarse / fine;
      for (int i = 0; i < fine; i++) {
        float at = Math.max((i + 0.5f) * step - 0.5f, 0f);
        low[i] = Math.min((int) at, coarse - 1);
        high[i] = Math.min(low[i] + 1, coarse - 1);
        weight[i] = coarse == fine ? 0f : at - low[i];
      }
      return new Upsampling(low, high, weight);
    }
  }

  private int coarse(int size) {
    return Math.max(1, (int) Math.rint(size * (double) (float) scale));
  }

  @Override
  public void apply(float[] data, int offset, PatchShape shape, Workspace workspace) {
    int nz = keepFirstAxis || shape.flat() ? shape.z() : coarse(shape.z());
    int ny = coarse(shape.y());
    int nx = coarse(shape.x());
    float[] coarse = workspace.coarse(nz * ny * nx);
    int[] zs = DeepSupervisionTargets.nearestIndices(shape.z(), nz);
    int[] ys = DeepSupervisionTargets.nearestIndices(shape.y(), ny);
    int[] xs = DeepSupervisionTargets.nearestIndices(shape.x(), nx);
    int o = 0;
    for (int z : zs) {
      for (int y : ys) {
        int row = offset + (z * shape.y() + y) * shape.x();
        for (int x : xs) {
          coarse[o++] = data[row + x];
        }
      }
    }
    Upsampling upZ = Upsampling.of(nz, shape.z());
    Upsampling upY = Upsampling.of(ny, shape.y());
    Upsampling upX = Upsampling.of(nx, shape.x());
    int plane = ny * nx;
    float[] scratch = workspace.scratch(plane + nx);
    for (int z = 0; z < shape.z(); z++) {
      blend(coarse, upZ.low[z] * plane, upZ.high[z] * plane, upZ.weight[z], scratch, 0, plane);
      for (int y = 0; y < shape.y(); y++) {
        blend(scratch, upY.low[y] * nx, upY.high[y] * nx, upY.weight[y], scratch, plane, nx);
        int row = offset + (z * shape.y() + y) * shape.x();
        for (int x = 0; x < shape.x(); x++) {
          float w = upX.weight[x];
          data[row + x] = (1 - w) * scratch[plane + upX.low[x]] + w * scratch[plane + upX.high[x]];
        }
      }
    }
  }

  private static void blend(
      float[] from, int low, int high, float weight, float[] to, int at, int count) {
    if (weight == 0) {
      System.arraycopy(from, low, to, at, count);
      return;
    }
    float rest = 1 - weight;
    for (int i = 0; i < count; i++) {
      to[at + i] = rest * from[low + i] + weight * from[high + i];
    }
  }
}
