package io.fiducia.raster;

import java.util.List;

/** A picture: one plane of values for grey, three for RGB, four with opacity; row by row. */
public final class RasterImage {
  private final int width;
  private final int height;
  private final List<float[]> planes;

  /** @param planes {@code width * height} values each; not copied */
  public RasterImage(int width, int height, List<float[]> planes) {
    for (float[] plane : planes) {
      if (plane.length != width * height) {
        throw new IllegalArgumentException(plane.length + " values for " + width + "x" + height);
      }
    }
    this.width = width;
    this.height = height;
    this.planes = List.copyOf(planes);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  public List<float[]> planes() {
    return planes;
  }

  boolean sameForm(RasterImage other) {
    return width == other.width && height == other.height && planes.size() == other.planes.size();
  }

  String form() {
    return width + "x" + height + " pixels of " + planes.size() + " values";
  }
}
