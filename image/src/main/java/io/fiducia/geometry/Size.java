package io.fiducia.geometry;

/** The number of voxels along x, y and z; each at least 1, their product below 2^31. */
public record Size(int x, int y, int z) {
  public Size {
    if (x < 1 || y < 1 || z < 1 || (long) x * y > Integer.MAX_VALUE
        || (long) x * y * z > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("size " + x + "x" + y + "x" + z);
    }
  }

  public int get(int axis) {
    return switch (axis) {
      case 0 -> x;
      case 1 -> y;
      case 2 -> z;
      default -> throw new IndexOutOfBoundsException("axis " + axis);
    };
  }

  /** The number of voxels. */
  public int voxels() {
    return x * y * z;
  }

  /** Place of a voxel in a volume's array: x runs fastest. */
  public int index(int i, int j, int k) {
    return i + x * (j + y * k);
  }

  @Override
  public String toString() {
    return x + "x" + y + "x" + z;
  }
}
