package io.fiducia.metrics.surface;

import io.fiducia.geometry.Vec3;

/**
 * The area of the surface that passes between the eight voxels around a corner of the grid.
 *
 * <p>A code has one bit per voxel, {@code 1 << (x + 2 y + 4 z)} for the voxel at (x, y, z) of the
 * cube. The surface of a code is the one of Nikolov et al. (arXiv:1809.04430, J. Med. Internet Res.
 * 2021), whose tool surface-distance holds it as a table of normals. Here it follows from a rule: of
 * the voxels inside, or outside if those are fewer, each set that is connected through faces adds
 * the faces that cut it off, given by their normals in units of the grid.
 */
final class SurfelAreas {
  private static final int CODES = 256;

  private SurfelAreas() {}

  /** The area in mm2 of each code; 0 where all eight voxels are alike. */
  static double[] table(Vec3 spacingMm) {
    double[] areas = new double[CODES];
    for (int code = 1; code < CODES - 1; code++) {
      int set = Integer.bitCount(code) > 4 ? CODES - 1 - code : code;
      for (int rest = set; rest != 0;) {
        int part = connected(rest, Integer.lowestOneBit(rest));
        areas[code] += area(part, spacingMm);
        rest &= ~part;
      }
    }
    return areas;
  }

  /** The voxels of a set that are joined to a part of it through faces. */
  private static int connected(int set, int part) {
    int grown = part;
    for (int corner = 0; corner < 8; corner++) {
      if ((part >> corner & 1) != 0) {
        for (int axis = 0; axis < 3; axis++) {
          grown |= 1 << (corner ^ 1 << axis);
        }
      }
    }
    grown &= set;
    return grown == part ? part : connected(set, grown);
  }

  /** The faces that cut off a connected set of at most four voxels. */
  private static double area(int part, Vec3 s) {
    int neighbourPairs = 0;
    int[] along = new int[3];
    int hub = -1;
    for (int corner = 0; corner < 8; corner++) {
      if ((part >> corner & 1) == 0) {
        continue;
      }
      int joined = 0;
      for (int axis = 0; axis < 3; axis++) {
        if ((part >> (corner ^ 1 << axis) & 1) != 0) {
          joined++;
          along[axis]++;
          neighbourPairs++;
        }
      }
      hub = joined == 3 ? corner : hub;
    }
    // Each pair was met from both of its voxels.
    neighbourPairs /= 2;
    double eighth = face(s, 0.125, 0.125, 0.125);
    return switch (Integer.bitCount(part)) {
      case 1 -> eighth;
      case 2 -> 2 * quarter(s, axisOf(along, 2));
      case 3 -> half(s, axisOf(along, 0)) + 2 * eighth + eighth;
      default -> {
        if (neighbourPairs == 4) {
          yield 2 * half(s, axisOf(along, 0));
        }
        if (hub >= 0) {
          yield 4 * eighth + eighth + eighth;
        }
        yield 3 * eighth + eighth + chainEnds(part, s);
      }
    };
  }

  /** The faces at the two ends of a chain of four voxels that bends twice. */
  private static double chainEnds(int part, Vec3 s) {
    double area = 0;
    for (int corner = 0; corner < 8; corner++) {
      if ((part >> corner & 1) == 0) {
        continue;
      }
      int joined = 0;
      int step = 0;
      for (int axis = 0; axis < 3; axis++) {
        if ((part >> (corner ^ 1 << axis) & 1) != 0) {
          joined++;
          step = axis;
        }
      }
      area += joined == 1 ? quarter(s, step) : 0;
    }
    return area;
  }

  private static int axisOf(int[] along, int count) {
    for (int axis = 0; axis < 3; axis++) {
      if (along[axis] == count) {
        return axis;
      }
    }
    throw new IllegalStateException("no axis of " + count);
  }

  /** A face with normal (1/4, 1/4, 1/4) but 0 along one axis. */
  private static double quarter(Vec3 s, int axis) {
    return face(s, axis == 0 ? 0 : 0.25, axis == 1 ? 0 : 0.25, axis == 2 ? 0 : 0.25);
  }

  /** A face with normal 1/2 along one axis. */
  private static double half(Vec3 s, int axis) {
    return face(s, axis == 0 ? 0.5 : 0, axis == 1 ? 0.5 : 0, axis == 2 ? 0.5 : 0);
  }

  private static double face(Vec3 s, double normalX, double normalY, double normalZ) {
    return new Vec3(normalX * s.y() * s.z(), normalY * s.x() * s.z(), normalZ * s.x() * s.y())
        .norm();
  }
}
