package io.fiducia.phantom.image;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.Tissue;
import io.fiducia.phantom.TissueSource;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Bodies that physics text books would draw, and statistics of their images. */
final class TestBodies {
  private TestBodies() {}

  /** A body from the tissue at each place. */
  static TissueSource of(Function<Vec3, Tissue> at) {
    return grid -> {
      Size size = grid.size();
      short[] data = new short[size.voxels()];
      for (int k = 0; k < size.z(); k++) {
        for (int j = 0; j < size.y(); j++) {
          for (int i = 0; i < size.x(); i++) {
            data[size.index(i, j, k)] = at.apply(grid.toPhysical(i, j, k)).code();
          }
        }
      }
      return new LabelVolume(grid, data);
    };
  }

  /** A cylinder along z. */
  static TissueSource cylinder(Tissue tissue, double radiusMm) {
    return of(p -> Math.hypot(p.x(), p.y()) < radiusMm ? tissue : Tissue.AIR);
  }

  /** A square grid around the origin. */
  static Geometry grid(int n, int slices, double mm, double sliceMm) {
    return new Geometry(new Size(n, n, slices), new Vec3(mm, mm, sliceMm),
        new Vec3(-0.5 * (n - 1) * mm, -0.5 * (n - 1) * mm, -0.5 * (slices - 1) * sliceMm),
        Mat3.IDENTITY);
  }

  /** Mean and standard deviation over some voxels, by index. */
  record Stats(double mean, double sd, int n) {}

  static Stats stats(FloatVolume image, IntPredicate where) {
    double sum = 0;
    double squares = 0;
    int n = 0;
    for (int i = 0; i < image.data().length; i++) {
      if (where.test(i)) {
        sum += image.data()[i];
        squares += (double) image.data()[i] * image.data()[i];
        n++;
      }
    }
    double mean = sum / n;
    return new Stats(mean, Math.sqrt(squares / n - mean * mean), n);
  }

  /** Voxels by their place in mm. */
  static IntPredicate where(Geometry grid, Predicate<Vec3> at) {
    Size size = grid.size();
    return v -> at.test(
        grid.toPhysical(v % size.x(), v / size.x() % size.y(), v / (size.x() * size.y())));
  }

  /** Voxels whose tissue and whose 26 neighbours' tissue is one. */
  static IntPredicate deepIn(LabelVolume tissues, Tissue tissue) {
    Size size = tissues.geometry().size();
    return v -> {
      int i = v % size.x();
      int j = v / size.x() % size.y();
      int k = v / (size.x() * size.y());
      if (i < 1 || j < 1 || k < 1 || i > size.x() - 2 || j > size.y() - 2 || k > size.z() - 2) {
        return false;
      }
      for (int n = 0; n < 27; n++) {
        if (tissues.at(i + n % 3 - 1, j + n / 3 % 3 - 1, k + n / 9 - 1) != tissue.code()) {
          return false;
        }
      }
      return true;
    };
  }
}
