package io.fiducia.metrics.surface;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.Region;
import java.util.Optional;

/**
 * The reference's and the prediction's mask of one structure, cut out to the box that holds both and
 * surrounded by one voxel of background: what lies outside the image is background. Both masks share
 * one array of cells, so that one pass finds the surfaces of both.
 */
public final class MaskPair {
  /** The box and its border. */
  final int nx;
  final int ny;
  final int nz;
  /** Per voxel, x fastest, the {@link Side#bit}s of the masks that hold it. */
  final byte[] cells;
  /** Per row the first voxel that any mask holds, and the last; {@code first > last} if none does. */
  final int[] rowFirst;
  final int[] rowLast;
  private final Size image;
  private final Region box;
  private final Vec3 spacingMm;
  private final long[] voxels = new long[4];

  /** Tells which masks hold the voxels of a row. */
  @FunctionalInterface
  public interface Rows {
    /**
     * Writes the bits of the voxels (startX, y, z), (startX + 1, y, z), ... to {@code cells} from
     * {@code offset}: 1 for the reference, 2 for the prediction.
     */
    void read(int startX, int y, int z, int count, byte[] cells, int offset);
  }

  /**
   * The masks in a box of an image.
   *
   * @param box a box inside the image that holds both masks; empty if both are
   * @param spacingMm distances between voxel centres along the image's axes
   */
  public MaskPair(Size image, Vec3 spacingMm, Optional<Region> box, Rows rows) {
    this.image = image;
    this.spacingMm = spacingMm;
    this.box = box.orElse(new Region(0, 0, 0, new Size(1, 1, 1)));
    Size size = this.box.size();
    nx = size.x() + 2;
    ny = size.y() + 2;
    nz = size.z() + 2;
    cells = new byte[new Size(nx, ny, nz).voxels()];
    rowFirst = new int[ny * nz];
    rowLast = new int[ny * nz];
    java.util.Arrays.fill(rowFirst, nx);
    java.util.Arrays.fill(rowLast, -1);
    if (box.isEmpty()) {
      return;
    }
    long[] count = voxels;
    for (int z = 1; z < nz - 1; z++) {
      for (int y = 1; y < ny - 1; y++) {
        int row = z * ny + y;
        int offset = row * nx;
        rows.read(this.box.startX(), this.box.startY() + y - 1, this.box.startZ() + z - 1, nx - 2,
            cells, offset + 1);
        for (int x = 1; x < nx - 1; x++) {
          int bits = cells[offset + x];
          if (bits != 0) {
            rowFirst[row] = Math.min(rowFirst[row], x);
            rowLast[row] = x;
            count[bits]++;
          }
        }
      }
    }
  }

  /** The size of the whole image. */
  public Size imageSize() {
    return image;
  }

  /** Voxels in both masks. */
  public long common() {
    return voxels[3];
  }

  /** Voxels of a mask. */
  public long voxels(Side side) {
    return voxels[side.bit] + voxels[3];
  }

  public boolean isEmpty(Side side) {
    return voxels(side) == 0;
  }

  public Vec3 spacingMm() {
    return spacingMm;
  }

  /** Place in the image of the cell (1, 1, 1). */
  public Region box() {
    return box;
  }

  /** The first cell along x, y and z that either mask holds. */
  public int[] low() {
    return bounds(true);
  }

  /** The last cell along x, y and z that either mask holds. */
  public int[] high() {
    return bounds(false);
  }

  private int[] bounds(boolean low) {
    int[] bound = low ? new int[]{nx, ny, nz} : new int[]{-1, -1, -1};
    for (int row = 0; row < rowFirst.length; row++) {
      if (rowFirst[row] <= rowLast[row]) {
        int[] at = {low ? rowFirst[row] : rowLast[row], row % ny, row / ny};
        for (int axis = 0; axis < 3; axis++) {
          bound[axis] = low ? Math.min(bound[axis], at[axis]) : Math.max(bound[axis], at[axis]);
        }
      }
    }
    return bound;
  }

  /** The mean voxel index of a mask in the image; NaN if the mask is empty. */
  public Vec3 centroid(Side side) {
    long sumX = 0;
    long sumY = 0;
    long sumZ = 0;
    for (int row = 0; row < rowFirst.length; row++) {
      int inRow = 0;
      for (int x = rowFirst[row]; x <= rowLast[row]; x++) {
        if ((cells[row * nx + x] & side.bit) != 0) {
          inRow++;
          sumX += x;
        }
      }
      sumY += (long) inRow * (row % ny);
      sumZ += (long) inRow * (row / ny);
    }
    double n = voxels(side);
    return new Vec3(box.startX() - 1 + sumX / n, box.startY() - 1 + sumY / n,
        box.startZ() - 1 + sumZ / n);
  }

  /** One mask with its border of background, x fastest; see {@link #paddedShapeZyx()}. */
  public boolean[] padded(Side side) {
    boolean[] mask = new boolean[cells.length];
    for (int row = 0; row < rowFirst.length; row++) {
      for (int i = row * nx + rowFirst[row]; i <= row * nx + rowLast[row]; i++) {
        mask[i] = (cells[i] & side.bit) != 0;
      }
    }
    return mask;
  }

  /** The shape of {@link #padded(Side)}. */
  public int[] paddedShapeZyx() {
    return new int[]{nz, ny, nx};
  }
}
