package io.fiducia.volume;

import io.fiducia.geometry.Geometry;

/**
 * A label map on a grid: 0 is background, -1 may mark voxels outside a crop, structures have the numbers
 * 1 to 32767. The array is not copied; x runs fastest.
 */
public final class LabelVolume {
  private final Geometry geometry;
  private final short[] data;

  /**
   * @throws IllegalArgumentException if the array's length is not the grid's number of voxels
   */
  public LabelVolume(Geometry geometry, short[] data) {
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

  public short[] data() {
    return data;
  }

  public short at(int i, int j, int k) {
    return data[geometry.size().index(i, j, k)];
  }
}
