package io.fiducia.volume;

import io.fiducia.geometry.Geometry;

/**
 * One channel of image intensities on a grid. The array is not copied: whoever gets it owns it
 * together with the volume. Index order is x fastest, so the array reads as (z, y, x) in row-major
 * order.
 */
public final class FloatVolume {
  private final Geometry geometry;
  private final float[] data;

  /**
   * @throws IllegalArgumentException if the array's length is not the grid's number of voxels
   */
  public FloatVolume(Geometry geometry, float[] data) {
    if (data.length != geometry.size().voxels()) {
      throw new IllegalArgumentException(
          "expected " + geometry.size().voxels() + " voxels, found " + data.length);
    }
    this.geometry = geometry;
    this.data = data;
  }

  public Geometry geometry() {
    return geometry;
  }

  public float[] data() {
    return data;
  }

  public float at(int i, int j, int k) {
    return data[geometry.size().index(i, j, k)];
  }
}
