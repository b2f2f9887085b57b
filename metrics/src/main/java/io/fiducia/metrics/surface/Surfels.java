package io.fiducia.metrics.surface;

import java.util.Arrays;

/**
 * The corners of the voxel grid where the surface of the reference or of the prediction passes.
 * Corner (x, y, z) lies between the voxels x and x + 1, y and y + 1, z and z + 1 of the padded box.
 */
final class Surfels {
  private final PointSet[] points;
  /** The codes of each side's points, as {@link SurfelAreas} numbers them. */
  private final byte[][] codes;

  private Surfels(PointSet[] points, byte[][] codes) {
    this.points = points;
    this.codes = codes;
  }

  PointSet points(Side side) {
    return points[side.ordinal()];
  }

  /** The area of each of a side's points by the table of codes. */
  double[] areas(Side side, double[] table) {
    byte[] code = codes[side.ordinal()];
    double[] areas = new double[code.length];
    for (int i = 0; i < areas.length; i++) {
      areas[i] = table[code[i] & 0xff];
    }
    return areas;
  }

  static Surfels of(MaskPair pair) {
    Collector reference = new Collector(pair);
    Collector prediction = new Collector(pair);
    byte[] cells = pair.cells;
    int nx = pair.nx;
    int ny = pair.ny;
    for (int z = 0; z < pair.nz; z++) {
      for (int y = 0; y < ny; y++) {
        int row = z * ny + y;
        if (z < pair.nz - 1 && y < ny - 1) {
          int[] rows = {row, row + 1, row + ny, row + ny + 1};
          int first = nx;
          int last = -1;
          for (int r : rows) {
            first = Math.min(first, pair.rowFirst[r]);
            last = Math.max(last, pair.rowLast[r]);
          }
          int a = row * nx;
          int b = a + nx;
          int c = a + nx * ny;
          int d = c + nx;
          for (int x = first - 1; x <= last; x++) {
            int a0 = cells[a + x];
            int a1 = cells[a + x + 1];
            int b0 = cells[b + x];
            int b1 = cells[b + x + 1];
            int c0 = cells[c + x];
            int c1 = cells[c + x + 1];
            int d0 = cells[d + x];
            int d1 = cells[d + x + 1];
            int mixed = (a0 | a1 | b0 | b1 | c0 | c1 | d0 | d1)
                & ~(a0 & a1 & b0 & b1 & c0 & c1 & d0 & d1);
            if (mixed == 0) {
              continue;
            }
            // Two bits a voxel, in the order of the code.
            int both = a0 | a1 << 2 | b0 << 4 | b1 << 6 | c0 << 8 | c1 << 10 | d0 << 12 | d1 << 14;
            if ((mixed & Side.REFERENCE.bit) != 0) {
              reference.add(x, everySecondBit(both));
            }
            if ((mixed & Side.PREDICTION.bit) != 0) {
              prediction.add(x, everySecondBit(both >>> 1));
            }
          }
        }
        reference.points.endRow(row);
        prediction.points.endRow(row);
      }
    }
    return new Surfels(new PointSet[]{reference.points.build(), prediction.points.build()},
        new byte[][]{reference.codes(), prediction.codes()});
  }

  /** Bits 0, 2, 4, ... 14 moved together. */
  private static int everySecondBit(int bits) {
    int b = bits & 0x5555;
    b = (b | b >>> 1) & 0x3333;
    b = (b | b >>> 2) & 0x0f0f;
    return (b | b >>> 4) & 0xff;
  }

  /** Points and their codes. */
  private static final class Collector {
    private final PointSet.Builder points;
    private byte[] codes = new byte[1024];

    Collector(MaskPair pair) {
      points = new PointSet.Builder(pair.ny, pair.nz);
    }

    void add(int x, int code) {
      int n = points.count();
      if (n == codes.length) {
        codes = Arrays.copyOf(codes, 2 * n);
      }
      codes[n] = (byte) code;
      points.add(x);
    }

    byte[] codes() {
      return Arrays.copyOf(codes, points.count());
    }
  }
}
