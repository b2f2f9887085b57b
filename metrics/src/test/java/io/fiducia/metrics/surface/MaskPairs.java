package io.fiducia.metrics.surface;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.Region;
import java.util.Optional;

/** Pairs of masks for tests. */
public final class MaskPairs {
  private MaskPairs() {}

  /** Decides whether a voxel is inside. */
  @FunctionalInterface
  public interface Shape {
    boolean contains(int x, int y, int z);
  }

  /** The pair over a whole image. */
  public static MaskPair pair(Size size, Vec3 spacingMm, Shape reference, Shape prediction) {
    return pair(size, Lattice.rightAngled(spacingMm, false), reference, prediction);
  }

  /** The pair over a whole image of any lattice. */
  public static MaskPair pair(Size size, Lattice lattice, Shape reference, Shape prediction) {
    return new MaskPair(size, lattice, Optional.of(Region.whole(size)),
        (startX, y, z, count, runs) -> {
          for (int i = 0; i < count; i++) {
            int sides = (reference.contains(startX + i, y, z) ? 1 : 0)
                | (prediction.contains(startX + i, y, z) ? 2 : 0);
            if (sides != 0) {
              runs.add(i, i + 1, sides);
            }
          }
        });
  }

  /** An ellipsoid by centre (voxels) and radii (mm). */
  public static Shape ellipsoid(Vec3 spacingMm, double cx, double cy, double cz, double rx,
      double ry, double rz) {
    return (x, y, z) -> {
      double u = (x - cx) * spacingMm.x() / rx;
      double v = (y - cy) * spacingMm.y() / ry;
      double w = (z - cz) * spacingMm.z() / rz;
      return u * u + v * v + w * w <= 1;
    };
  }
}
