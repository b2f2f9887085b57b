package io.fiducia.universeg.support;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.resample.GridSampler;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.volume.FloatVolume;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Finds the place in an image that looks like a block of another one: every shift on a coarse grid is
 * tried, and that of the largest normalised cross-correlation over the voxels that both images have is
 * taken. Blocks lie along the patient's axes, so images may have any orientation and spacing.
 */
final class ShiftSearch {
  private static final double CLIPPED = 0.01;

  private ShiftSearch() {}

  /**
   * A coarse copy of a part of an image.
   *
   * @param voxelMm side of its cubic voxels
   * @param lowMm centre of its first voxel
   * @param values 0 to 1, x fastest; NaN outside of the image
   */
  record Block(double voxelMm, Vec3 lowMm, Size size, float[] values) {
    /** Cuts a block that covers a box. */
    static Block of(FloatVolume image, BoxMm box, double voxelMm) {
      int[] n = new int[3];
      for (int a = 0; a < 3; a++) {
        n[a] = (int) Math.max(1, Math.ceil(box.extent(a) / voxelMm));
      }
      Size size = new Size(n[0], n[1], n[2]);
      Vec3 half = new Vec3(n[0] - 1, n[1] - 1, n[2] - 1).times(voxelMm / 2);
      Vec3 low = box.centre().minus(half);
      float[] values = GridSampler.sample(image, new Geometry(size,
          new Vec3(voxelMm, voxelMm, voxelMm), low, Mat3.IDENTITY), 1, Float.NaN).data();
      IntensityWindow scale = IntensityWindow.of(values, CLIPPED, 0);
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.isNaN(values[i]) ? Float.NaN : scale.apply(values[i]);
      }
      return new Block(voxelMm, low, size, values);
    }

    /** What it covers, its voxels' whole extent included. */
    BoxMm box() {
      Vec3 last = lowMm.plus(new Vec3(size.x() - 1, size.y() - 1, size.z() - 1).times(voxelMm));
      return new BoxMm(lowMm, last).grown(voxelMm / 2);
    }

    /** Number of voxels that lie in the image. */
    private long inImage() {
      long n = 0;
      for (float v : values) {
        n += Float.isNaN(v) ? 0 : 1;
      }
      return n;
    }
  }

  /**
   * A shift and how well the images agree there.
   *
   * @param shiftMm from the first image's place to the second's
   * @param correlation -1 to 1; NaN if nothing overlaps enough
   */
  record Match(Vec3 shiftMm, double correlation) {}

  /**
   * The best shift of a block into another one of the same voxel size, among all at which enough of them
   * overlaps. The less must overlap, the more shifts there are, and the more easily a small overlap looks
   * alike by chance.
   *
   * @param leastOverlap the share of the smaller block along each axis; of its voxels that lie in the
   *     image the square of it
   */
  static Match best(Block block, Block in, double leastOverlap) {
    int[] first = new int[3];
    int[] count = new int[3];
    for (int a = 0; a < 3; a++) {
      int m = block.size().get(a);
      int n = in.size().get(a);
      int overlap = (int) Math.ceil(leastOverlap * Math.min(m, n));
      first[a] = overlap - m;
      count[a] = n - overlap - first[a] + 1;
    }
    long least = (long) (leastOverlap * leastOverlap
        * Math.min(block.inImage(), in.inImage()));
    Vec3 origin = in.lowMm().minus(block.lowMm());
    return IntStream.range(0, count[0] * count[1] * count[2]).parallel().mapToObj(s -> {
      int i = first[0] + s % count[0];
      int j = first[1] + s / count[0] % count[1];
      int k = first[2] + s / count[0] / count[1];
      return new Match(origin.plus(new Vec3(i, j, k).times(block.voxelMm())),
          correlation(block, in, new int[]{i, j, k}, least));
    }).max(Comparator.comparingDouble(
        m -> Double.isNaN(m.correlation()) ? Double.NEGATIVE_INFINITY : m.correlation()))
        .orElseThrow();
  }

  private static double correlation(Block a, Block b, int[] shift, long least) {
    double sa = 0;
    double sb = 0;
    double saa = 0;
    double sbb = 0;
    double sab = 0;
    long n = 0;
    for (int k = Math.max(0, -shift[2]); k < Math.min(a.size().z(), b.size().z() - shift[2]); k++) {
      for (int j = Math.max(0, -shift[1]); j < Math.min(a.size().y(),
          b.size().y() - shift[1]); j++) {
        int rowA = a.size().index(0, j, k);
        int rowB = b.size().index(shift[0], j + shift[1], k + shift[2]);
        int end = Math.min(a.size().x(), b.size().x() - shift[0]);
        for (int i = Math.max(0, -shift[0]); i < end; i++) {
          float x = a.values()[rowA + i];
          float y = b.values()[rowB + i];
          if (!Float.isNaN(x) && !Float.isNaN(y)) {
            sa += x;
            sb += y;
            saa += x * x;
            sbb += y * y;
            sab += x * y;
            n++;
          }
        }
      }
    }
    double va = saa - sa * sa / n;
    double vb = sbb - sb * sb / n;
    return n < least || !(va > 1e-9) || !(vb > 1e-9)
        ? Double.NaN
        : (sab - sa * sb / n) / Math.sqrt(va * vb);
  }
}
