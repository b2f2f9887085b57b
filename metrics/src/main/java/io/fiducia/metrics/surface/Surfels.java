package io.fiducia.metrics.surface;

import java.util.Arrays;

/**
 * The corners of the voxel grid where the surface of a mask passes. Corner (x, y, z) lies between the
 * voxels x and x + 1, y and y + 1, z and z + 1 of the padded box. In a plane a corner lies between four
 * pixels, and has the code of a slab whose two slices both hold them.
 */
final class Surfels {
  private final PointSet points;
  /** The codes of the points, as {@link SurfelAreas} numbers them. */
  private final byte[] codes;

  private Surfels(PointSet points, byte[] codes) {
    this.points = points;
    this.codes = codes;
  }

  PointSet points() {
    return points;
  }

  /** The area of each point by the table of codes. */
  double[] areas(double[] table) {
    double[] areas = new double[codes.length];
    for (int i = 0; i < areas.length; i++) {
      areas[i] = table[codes[i] & 0xff];
    }
    return areas;
  }

  /** The surface of a mask; of a plane mask, which fills one slice, the contour. */
  static Surfels of(BitRows mask, boolean plane) {
    BitRows corners = new BitRows(mask.nx, mask.ny, mask.nz);
    byte[] codes = new byte[1024];
    int n = 0;
    int slice = plane ? 0 : mask.stride * mask.ny;
    // The last slice is border, and so are the last row of a slice and the last word of a row.
    for (int w = 0; w < mask.words.length - slice - mask.stride - 1; w++) {
      // In the order of the code: x fastest, then y, then z.
      long a = mask.words[w];
      long b = mask.words[w + mask.stride];
      long c = mask.words[w + slice];
      long d = mask.words[w + slice + mask.stride];
      long a1 = mask.next(w);
      long b1 = mask.next(w + mask.stride);
      long c1 = mask.next(w + slice);
      long d1 = mask.next(w + slice + mask.stride);
      long mixed = (a | a1 | b | b1 | c | c1 | d | d1) & ~(a & a1 & b & b1 & c & c1 & d & d1);
      corners.words[w] = mixed;
      for (long rest = mixed; rest != 0; rest &= rest - 1) {
        int x = Long.numberOfTrailingZeros(rest);
        if (n == codes.length) {
          codes = Arrays.copyOf(codes, 2 * n);
        }
        codes[n++] = (byte) (a >>> x & 1 | (a1 >>> x & 1) << 1 | (b >>> x & 1) << 2
            | (b1 >>> x & 1) << 3 | (c >>> x & 1) << 4 | (c1 >>> x & 1) << 5 | (d >>> x & 1) << 6
            | (d1 >>> x & 1) << 7);
      }
    }
    return new Surfels(new PointSet(corners), Arrays.copyOf(codes, n));
  }
}
