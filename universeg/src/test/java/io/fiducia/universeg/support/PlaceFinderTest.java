package io.fiducia.universeg.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.BoxMm;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlaceFinderTest {
  private static PlaceFinder.Place place(double x, double likeness) {
    Vec3 middle = new Vec3(x, 0, 0);
    Vec3 half = new Vec3(10, 10, 10);
    return new PlaceFinder.Place(new BoxMm(middle.minus(half), middle.plus(half)), likeness);
  }

  private static void assertMiddle(double x, double tolerance, PlaceFinder.Place found) {
    assertThat(found.box().centre().x()).isCloseTo(x, within(tolerance));
    assertThat(found.box().extent(0)).isCloseTo(20, within(1e-9));
  }

  @Test
  void casesThatAgreeOutvoteTheMostSimilarOne() {
    PlaceFinder.Place found = PlaceFinder.agreed(
        List.of(place(80, 0.95), place(1, 0.85), place(-1, 0.85), place(0, 0.85)));
    assertMiddle(0, 0.1, found);
    assertThat(found.likeness()).isEqualTo(0.85);
  }

  @Test
  void theMoreSimilarOfTwoThatContradictEachOtherIsBelieved() {
    assertMiddle(80, 0.1, PlaceFinder.agreed(List.of(place(0, 0.6), place(80, 0.9))));
  }

  @Test
  void twoThatAgreeAreAveraged() {
    assertMiddle(1, 0.01, PlaceFinder.agreed(List.of(place(0, 0.9), place(2, 0.9))));
  }

  @Test
  void aPlaceThatNothingSpeaksForIsBetterThanNone() {
    PlaceFinder.Place found = PlaceFinder.agreed(List.of(place(5, 0)));
    assertMiddle(5, 1e-9, found);
    assertThat(found.likeness()).isZero();
  }
}
