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
 *
 * <p>In a plane the code is that of a slab of two equal slices 1 mm apart, so that areas are the lengths
 * of surface-distance's contour elements.
 *
 * <p>Known difference: the tool knows right angles only. On a sheared grid the faces are sheared too. Four
 * voxels can be cut off in two ways, from inside or outside or at either bend of a chain, whose areas
 * differ there: the area is their mean.
 */
final class SurfelAreas {
  private static final int CODES = 256;

  /** Area vectors in mm2 of the unit faces across each axis: normal times area. */
  private final Vec3 acrossX;
  private final Vec3 acrossY;
  private final Vec3 acrossZ;

  private SurfelAreas(Lattice lattice) {
    acrossX = lattice.stepY().cross(lattice.stepZ());
    acrossY = lattice.stepZ().cross(lattice.stepX());
    acrossZ = lattice.stepX().cross(lattice.stepY());
  }

  /** The area in mm2 of each code; 0 where all eight voxels are alike. */
  static double[] table(Lattice lattice) {
    SurfelAreas faces = new SurfelAreas(lattice);
    double[] areas = new double[CODES];
    for (int code = 1; code < CODES - 1; code++) {
      int outside = CODES - 1 - code;
      areas[code] = switch (Integer.signum(Integer.bitCount(code) - 4)) {
        case -1 -> faces.ofSet(code);
        case 1 -> faces.ofSet(outside);
        // At right angles both ways have one area.
        default -> lattice.hasRightAngles()
            ? faces.ofSet(code)
            : (faces.ofSet(code) + faces.ofSet(outside)) / 2;
      };
    }
    return areas;
  }

  /** The faces that cut off each connected part of a set of at most four voxels. */
  private double ofSet(int set) {
    double area = 0;
    for (int rest = set; rest != 0;) {
      int part = connected(rest, Integer.lowestOneBit(rest));
      area += area(part);
      rest &= ~part;
    }
    return area;
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

  /** How many voxels of a set share a face with one of them. */
  private static int joined(int part, int corner) {
    int joined = 0;
    for (int axis = 0; axis < 3; axis++) {
      joined += part >> (corner ^ 1 << axis) & 1;
    }
    return joined;
  }

  /** The faces that cut off a connected set of at most four voxels. */
  private double area(int part) {
    int most = -1;
    int[] along = new int[3];
    int neighbourPairs = 0;
    for (int corner = 0; corner < 8; corner++) {
      if ((part >> corner & 1) == 0) {
        continue;
      }
      for (int axis = 0; axis < 3; axis++) {
        along[axis] += part >> (corner ^ 1 << axis) & 1;
      }
      int joined = joined(part, corner);
      neighbourPairs += joined;
      most = most < 0 || joined > joined(part, most) ? corner : most;
    }
    // Each pair was met from both of its voxels.
    neighbourPairs /= 2;
    return switch (Integer.bitCount(part)) {
      case 1 -> eighth(most);
      case 2 -> 2 * quarter(most, axisOf(along, 2));
      case 3 -> half(axisOf(along, 0)) + 2 * eighth(most) + eighth(most);
      default -> {
        if (neighbourPairs == 4) {
          yield 2 * half(axisOf(along, 0));
        }
        if (joined(part, most) == 3) {
          yield 4 * eighth(most) + eighth(most) + eighth(most);
        }
        yield chain(part);
      }
    };
  }

  /**
   * The faces that cut off a chain of four voxels that bends twice: those of either of its two inner
   * voxels, and at both ends those that pass the other inner voxel.
   */
  private double chain(int part) {
    double area = 0;
    for (int inner = 0; inner < 8; inner++) {
      if ((part >> inner & 1) == 0 || joined(part, inner) != 2) {
        continue;
      }
      int other = inner;
      int[] endAxes = new int[2];
      int ends = 0;
      for (int corner = 0; corner < 8; corner++) {
        if ((part >> corner & 1) == 0 || corner == inner) {
          continue;
        }
        if (joined(part, corner) == 2) {
          other = corner;
        } else {
          endAxes[ends++] = onlyStep(part, corner);
        }
      }
      area += 3 * eighth(inner) + eighth(inner)
          + (quarter(other, endAxes[0]) + quarter(other, endAxes[1]));
    }
    return area / 2;
  }

  /** The axis along which an end of a chain is joined to it. */
  private static int onlyStep(int part, int end) {
    for (int axis = 0; axis < 3; axis++) {
      if ((part >> (end ^ 1 << axis) & 1) != 0) {
        return axis;
      }
    }
    throw new IllegalStateException("no neighbour");
  }

  private static int axisOf(int[] along, int count) {
    for (int axis = 0; axis < 3; axis++) {
      if (along[axis] == count) {
        return axis;
      }
    }
    throw new IllegalStateException("no axis of " + count);
  }

  /** A face that cuts off one corner: normal (1/8, 1/8, 1/8), with the signs of the corner. */
  private double eighth(int corner) {
    return face(sign(corner, 0) * 0.125, sign(corner, 1) * 0.125, sign(corner, 2) * 0.125);
  }

  /** A face along an axis: normal 1/4 with the signs of a corner, but 0 along the axis. */
  private double quarter(int corner, int axis) {
    return face(axis == 0 ? 0 : sign(corner, 0) * 0.25, axis == 1 ? 0 : sign(corner, 1) * 0.25,
        axis == 2 ? 0 : sign(corner, 2) * 0.25);
  }

  /** A face with normal 1/2 along one axis. */
  private double half(int axis) {
    return face(axis == 0 ? 0.5 : 0, axis == 1 ? 0.5 : 0, axis == 2 ? 0.5 : 0);
  }

  private static int sign(int corner, int axis) {
    return (corner >> axis & 1) == 0 ? -1 : 1;
  }

  private double face(double normalX, double normalY, double normalZ) {
    return acrossX.times(normalX).plus(acrossY.times(normalY)).plus(acrossZ.times(normalZ))
        .norm();
  }
}
