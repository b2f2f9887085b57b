package io.fiducia.universeg.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Reorient;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShiftSearchTest {
  /** A smooth pattern in the patient, moved by a shift, as seen by a grid. */
  private static FloatVolume pattern(Geometry grid, Vec3 shift, double gain) {
    Size size = grid.size();
    float[] data = new float[size.voxels()];
    for (int k = 0; k < size.z(); k++) {
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          Vec3 p = grid.toPhysical(i, j, k).minus(shift);
          data[size.index(i, j, k)] = (float) (gain * (Math.sin(p.x() / 9) * Math.cos(p.y() / 13)
              + Math.sin(p.z() / 11 + p.x() / 31) + 2 * Math.exp(-p.minus(CENTRE).norm() / 20)));
        }
      }
    }
    return new FloatVolume(grid, data);
  }

  private static final Vec3 CENTRE = new Vec3(60, 50, 40);
  private static final BoxMm BOX = new BoxMm(CENTRE.minus(new Vec3(15, 10, 12)),
      CENTRE.plus(new Vec3(15, 10, 12)));

  private static PlaceFinder.Place find(FloatVolume support, FloatVolume image) {
    return new PlaceFinder(image)
        .find(List.of(Surroundings.of(support, Surroundings.whole(support), BOX)));
  }

  @Test
  void findsTheShiftOfAnotherImage() {
    FloatVolume one = pattern(Geometry.of(new Size(60, 50, 40), new Vec3(2, 2, 2)),
        new Vec3(0, 0, 0), 1);
    Vec3 shift = new Vec3(13, -9, 6);
    // Another spacing, another orientation, another scale of intensities.
    FloatVolume other = Reorient.to(pattern(
        new Geometry(new Size(50, 50, 30), new Vec3(2.5, 2.5, 3),
            new Vec3(5, -10, 2), Geometry.of(new Size(1, 1, 1), new Vec3(1, 1, 1)).direction()),
        shift,
        300), new Orientation("PIR"));
    PlaceFinder.Place place = find(one, other);
    for (int a = 0; a < 3; a++) {
      assertThat(place.box().centre().get(a)).isCloseTo(CENTRE.plus(shift).get(a), within(3.0));
      assertThat(place.box().extent(a)).isCloseTo(BOX.extent(a), within(1e-9));
    }
    assertThat(place.likeness()).isGreaterThan(0.9);
  }

  /** Many waves of 12 to 30 mm in all directions: no part of it looks like another one. */
  private static double waves(Vec3 p) {
    SeededRandom random = SeededRandom.of(3, "waves");
    double sum = 0;
    for (int w = 0; w < 24; w++) {
      Vec3 direction = new Vec3(random.nextDouble() - 0.5, random.nextDouble() - 0.5,
          random.nextDouble() - 0.5);
      double frequency = 2 * Math.PI / (12 + 18 * random.nextDouble());
      sum += Math.sin(direction.times(frequency / direction.norm()).dot(p)
          + 2 * Math.PI * random.nextDouble());
    }
    return sum;
  }

  private static FloatVolume waves(boolean decoy) {
    Geometry grid = Geometry.of(new Size(60, 50, 40), new Vec3(2, 2, 2));
    Size size = grid.size();
    float[] data = new float[size.voxels()];
    for (int i = 0; i < data.length; i++) {
      Vec3 p = grid.toPhysical(i % size.x(), i / size.x() % size.y(), i / size.x() / size.y());
      boolean copied = decoy && p.x() > 64 && p.x() < 94;
      data[i] = (float) waves(copied ? p.minus(new Vec3(28, 0, 0)) : p);
    }
    return new FloatVolume(grid, data);
  }

  /**
   * The left half of the neighbourhood stands a second time further right, farther than the search goes:
   * overlapping it by half, the neighbourhood would look exactly alike there.
   */
  @Test
  void theNeighbourhoodIsNotLookedForWhereOnlyAPartOfItIsSeen() {
    PlaceFinder.Place place = find(waves(false), waves(true));
    assertThat(place.box().centre().minus(CENTRE).norm()).isLessThan(3);
  }

  @Test
  void aConstantImageIsSearchedInTheMiddle() {
    FloatVolume one = pattern(Geometry.of(new Size(60, 50, 40), new Vec3(2, 2, 2)),
        new Vec3(0, 0, 0), 1);
    Size size = new Size(20, 20, 20);
    FloatVolume blank = new FloatVolume(Geometry.of(size, new Vec3(4, 4, 4)),
        new float[size.voxels()]);
    PlaceFinder.Place place = find(one, blank);
    assertThat(place.box().centre().x()).isCloseTo(38, within(1.0));
    assertThat(place.likeness()).isZero();
  }
}
