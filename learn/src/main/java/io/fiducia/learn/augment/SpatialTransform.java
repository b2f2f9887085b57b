package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;
import java.util.Optional;

/**
 * Rotates and scales the sampled region about its centre and cuts the patch from it, interpolating at
 * the patch's voxels only.
 *
 * <p>A patch voxel at o from the patch's centre is looked up at A o from the region's centre, with A =
 * Rz Ry Rx S and one scale for all axes: a larger scale shows a larger field, so smaller objects.
 * Image values are interpolated linearly with 0 outside the region. Labels are the argmax of their
 * interpolated one-hot images with -1 outside the region; scores are rounded to half precision, as
 * upstream's, so that near ties become ties, which the nearest voxel's label settles if it is among
 * the tied and the least label otherwise (batchgeneratorsv2 0.3.6).
 *
 * @param matrix A, row-major 3 x 3 in (z, y, x)
 * @param inPlane whether the first axis is untouched, so that each slice is its own image
 */
record SpatialTransform(double[] matrix, boolean inPlane) {
  private static final double LEAST_SCALE = 0.7;
  private static final double LARGEST_SCALE = 1.4;
  private static final int BAND = 16;

  /** A rotation about the three axes in turn, then a scale. */
  static SpatialTransform of(double aboutZ, double aboutY, double aboutX, double scale) {
    // Named after upstream's matrices: the first angle turns the two faster axes.
    double c0 = Math.cos(aboutZ);
    double s0 = Math.sin(aboutZ);
    double c1 = Math.cos(aboutY);
    double s1 = Math.sin(aboutY);
    double c2 = Math.cos(aboutX);
    double s2 = Math.sin(aboutX);
    double[] rx = {1, 0, 0, 0, c0, -s0, 0, s0, c0};
    double[] ry = {c1, 0, s1, 0, 1, 0, -s1, 0, c1};
    double[] rz = {c2, -s2, 0, s2, c2, 0, 0, 0, 1};
    double[] a = multiply(multiply(rz, ry), rx);
    for (int i = 0; i < 9; i++) {
      a[i] *= scale;
    }
    return new SpatialTransform(a, false);
  }

  /** A rotation and scale within each slice. */
  static SpatialTransform inPlane(double angle, double scale) {
    double c = Math.cos(angle) * scale;
    double s = Math.sin(angle) * scale;
    return new SpatialTransform(new double[]{1, 0, 0, 0, c, -s, 0, s, c}, true);
  }

  /**
   * Empty when neither rotation nor scale was drawn, which are independent. Angles are uniform in
   * plus or minus {@code settings.rotationRadians()}.
   */
  static Optional<SpatialTransform> draw(AugmentationSettings settings, SeededRandom random) {
    AugmentationProbabilities.Spatial p = settings.probabilities().spatial();
    boolean rotate = Draws.happens(random, p.rotation());
    boolean rescale = Draws.happens(random, p.scaling());
    if (!rotate && !rescale) {
      return Optional.empty();
    }
    double limit = settings.rotationRadians();
    double[] angles = new double[3];
    for (int i = 0; rotate && i < 3; i++) {
      angles[i] = Draws.uniform(random, -limit, limit);
    }
    double scale = rescale ? Draws.uniform(random, LEAST_SCALE, LARGEST_SCALE) : 1;
    return Optional.of(settings.dummy2d() || settings.patch().size() == 2
        ? inPlane(angles[2], scale)
        : of(angles[0], angles[1], angles[2], scale));
  }

  private static double[] multiply(double[] a, double[] b) {
    double[] c = new double[9];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        c[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
      }
    }
    return c;
  }

  /**
   * The part of a case's region that a patch is made from.
   *
   * @param data the box's voxels, channel after channel
   * @param seg the box's labels
   * @param box which part of the region these are
   * @param regionSize the size of the whole region
   * @param channels how many channels of data are used; may be 0, for the labels alone
   */
  record Source(float[] data, short[] seg, Box box, int[] regionSize, int channels) {}

  /** A half-open box of voxels: its first corner and its size. */
  record Box(int[] start, int[] size) {
    int voxels() {
      return size[0] * size[1] * size[2];
    }
  }

  /**
   * The part of a region of {@code regionSize} that making a patch can touch; places outside the box
   * that are asked for lie outside the region, too.
   */
  Box needed(PatchShape patch, int[] regionSize) {
    int[] extent = patch.zyx();
    int[] start = new int[3];
    int[] size = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      double reach = 0;
      for (int k = 0; k < 3; k++) {
        reach += Math.abs(matrix[3 * axis + k]) * (extent[k] - 1) / 2.0;
      }
      double centre = (regionSize[axis] - 1) / 2.0;
      // One voxel more on each side, so that rounding cannot matter.
      int low = Math.max(0, (int) Math.floor(centre - reach) - 1);
      int high = Math.min(regionSize[axis], (int) Math.floor(centre + reach) + 3);
      start[axis] = low;
      size[axis] = high - low;
    }
    return new Box(start, size);
  }

  /**
   * Writes the patch to {@code data} and {@code seg}.
   *
   * @param from whose box is at least {@link #needed}
   */
  void apply(Source from, PatchShape patch, float[] data, short[] seg) {
    Interpolation interpolation = new Interpolation(from.data(), from.seg(), from.box().size(),
        from.channels(), inPlane);
    double[] centre = new double[3];
    for (int axis = 0; axis < 3; axis++) {
      centre[axis] = (from.regionSize()[axis] - 1) / 2.0 - from.box().start()[axis];
    }
    double ox = -(patch.x() - 1) / 2.0;
    double[] begin = new double[3];
    double[] step = {matrix[2], matrix[5], matrix[8]};
    // In bands of rows, so that what one slice read is still at hand for the next.
    for (int band = 0; band < patch.y(); band += BAND) {
      int bandEnd = Math.min(band + BAND, patch.y());
      for (int z = 0; z < patch.z(); z++) {
        double oz = z - (patch.z() - 1) / 2.0;
        for (int y = band; y < bandEnd; y++) {
          double oy = y - (patch.y() - 1) / 2.0;
          for (int axis = 0; axis < 3; axis++) {
            begin[axis] = matrix[3 * axis] * oz + matrix[3 * axis + 1] * oy
                + matrix[3 * axis + 2] * ox + centre[axis];
          }
          int row = (z * patch.y() + y) * patch.x();
          interpolation.row(begin, step, patch.x(), data, row, patch.voxels(), seg, row);
        }
      }
    }
  }
}
