package io.fiducia.metrics.surface;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.Region;
import java.util.Optional;

/**
 * The reference's and the prediction's mask of one structure, cut out to the box that holds both and
 * surrounded by one voxel of background: what lies outside the image is background.
 */
public final class MaskPair {
  /** The box and its border. */
  final int nx;
  final int ny;
  final int nz;
  private final BitRows[] masks;
  private final Size image;
  private final Region box;
  private final Lattice lattice;
  /** Built when it is first asked for; for one thread. */
  private Optional<NearestSearch> nearest = Optional.empty();
  /** Voxels by the sides that hold them. */
  private final long[] voxels = new long[4];

  /** Reports which masks hold the voxels of a row. */
  @FunctionalInterface
  public interface Rows {
    /** Reports the runs of the voxels (startX, y, z) to (startX + count - 1, y, z). */
    void read(int startX, int y, int z, int count, Runs runs);
  }

  /** Takes the runs of a row. */
  @FunctionalInterface
  public interface Runs {
    /**
     * Voxels that the same masks hold.
     *
     * @param from first voxel of the run, counted from {@code startX}
     * @param to the voxel after its last
     * @param sides 1 for the reference, 2 for the prediction, 3 for both
     */
    void add(int from, int to, int sides);
  }

  /**
   * The masks in a box of an image.
   *
   * @param box a box inside the image that holds both masks; empty if both are
   * @param lattice the ways between voxel centres along the image's axes; an image of a plane lattice
   *     has one slice
   */
  public MaskPair(Size image, Lattice lattice, Optional<Region> box, Rows rows) {
    if (lattice.plane() && image.z() != 1) {
      throw new IllegalArgumentException("a plane of " + image);
    }
    this.image = image;
    this.lattice = lattice;
    this.box = box.orElse(new Region(0, 0, 0, new Size(1, 1, 1)));
    Size size = this.box.size();
    nx = size.x() + 2;
    ny = size.y() + 2;
    nz = size.z() + 2;
    masks = new BitRows[]{new BitRows(nx, ny, nz), new BitRows(nx, ny, nz)};
    if (box.isEmpty()) {
      return;
    }
    for (int z = 1; z < nz - 1; z++) {
      for (int y = 1; y < ny - 1; y++) {
        int row = z * ny + y;
        rows.read(this.box.startX(), this.box.startY() + y - 1, this.box.startZ() + z - 1, nx - 2,
            (from, to, sides) -> add(row, from, to, sides));
      }
    }
  }

  private void add(int row, int from, int to, int sides) {
    for (Side side : Side.values()) {
      if ((sides & side.bit) != 0) {
        mask(side).add(row, from + 1, to + 1);
      }
    }
    voxels[sides] += to - from;
  }

  /** One mask in its border of background. */
  BitRows mask(Side side) {
    return masks[side.ordinal()];
  }

  /** Distances on the box's grid. */
  NearestSearch nearest() {
    if (nearest.isEmpty()) {
      nearest = Optional.of(NearestSearch.of(nx, ny, nz, lattice));
    }
    return nearest.get();
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

  /** The ways between voxel centres. */
  public Lattice lattice() {
    return lattice;
  }

  /** The lengths of the steps from voxel to voxel along the axes. */
  public Vec3 spacingMm() {
    return lattice.spacingMm();
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
    for (BitRows mask : masks) {
      for (int row = 0; row < mask.rows(); row++) {
        for (int w = 0; w < mask.stride; w++) {
          long word = mask.words[mask.start(row) + w];
          if (word != 0) {
            int x = w * Long.SIZE + (low
                ? Long.numberOfTrailingZeros(word)
                : Long.SIZE - 1 - Long.numberOfLeadingZeros(word));
            int[] at = {x, row % ny, row / ny};
            for (int axis = 0; axis < 3; axis++) {
              bound[axis] = low
                  ? Math.min(bound[axis], at[axis])
                  : Math.max(bound[axis], at[axis]);
            }
          }
        }
      }
    }
    return bound;
  }

  /** The mean voxel index of a mask in the image; NaN if the mask is empty. */
  public Vec3 centroid(Side side) {
    BitRows mask = mask(side);
    long sumX = 0;
    long sumY = 0;
    long sumZ = 0;
    for (int row = 0; row < mask.rows(); row++) {
      long inRow = 0;
      for (int w = 0; w < mask.stride; w++) {
        long word = mask.words[mask.start(row) + w];
        if (word == 0) {
          continue;
        }
        long n = Long.bitCount(word);
        inRow += n;
        sumX += n * w * Long.SIZE + BitRows.sumOfPlaces(word);
      }
      sumY += inRow * (row % ny);
      sumZ += inRow * (row / ny);
    }
    double n = voxels(side);
    return new Vec3(box.startX() - 1 + sumX / n, box.startY() - 1 + sumY / n,
        box.startZ() - 1 + sumZ / n);
  }

  /** One mask with its border of background, x fastest; see {@link #paddedShapeZyx()}. */
  public boolean[] padded(Side side) {
    BitRows mask = mask(side);
    boolean[] out = new boolean[new Size(nx, ny, nz).voxels()];
    for (int row = 0; row < mask.rows(); row++) {
      for (int w = 0; w < mask.stride; w++) {
        int at = row * nx + w * Long.SIZE;
        for (long rest = mask.words[mask.start(row) + w]; rest != 0;) {
          int from = Long.numberOfTrailingZeros(rest);
          int length = Long.numberOfTrailingZeros(~(rest >>> from));
          java.util.Arrays.fill(out, at + from, at + from + length, true);
          rest = from + length == Long.SIZE ? 0 : rest & -1L << from + length;
        }
      }
    }
    return out;
  }

  /** The shape of {@link #padded(Side)}. */
  public int[] paddedShapeZyx() {
    return new int[]{nz, ny, nx};
  }
}
