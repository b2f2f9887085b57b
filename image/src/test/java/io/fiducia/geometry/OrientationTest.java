package io.fiducia.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import org.junit.jupiter.api.Test;

class OrientationTest {
  /** The geometry whose index axes are the given rows of RAS vectors' columns. */
  private static Geometry grid(double[][] ras) {
    Vec3[] columns = new Vec3[3];
    for (int c = 0; c < 3; c++) {
      Vec3 v = new Vec3(-ras[0][c], -ras[1][c], ras[2][c]);
      columns[c] = v.times(1 / v.norm());
    }
    return new Geometry(
        new Size(4, 3, 2), new Vec3(1, 2, 3), new Vec3(5, 6, 7),
        new Mat3(columns[0], columns[1], columns[2]));
  }

  /** Expected codes by nibabel 5.4.2's aff2axcodes. */
  @Test
  void obliqueAndShearedGridsGetNibabelsCodes() {
    assertThat(Orientation.of(grid(new double[][]{
      {0.0, 0.3, -0.27}, {-0.89, -0.45, -0.99}, {0.06, 1.34, -0.49}})).codes()).isEqualTo("PSL");
    assertThat(Orientation.of(grid(new double[][]{
      {-0.62, 0.49, 0.36}, {0.11, -0.93, -0.03}, {0.7, -1.34, -0.46}})).codes())
        .isEqualTo("LPI");
    assertThat(Orientation.of(grid(new double[][]{
      {-1.9, -1.29, -1.84}, {-0.24, -1.27, 0.27}, {0.16, -0.19, -2.52}})).codes())
        .isEqualTo("LPI");
  }

  @Test
  void everyOrientationIsReachedFromEveryOther() {
    int count = 0;
    for (char a : "RLAPSI".toCharArray()) {
      for (char b : "RLAPSI".toCharArray()) {
        for (char c : "RLAPSI".toCharArray()) {
          String codes = "" + a + b + c;
          try {
            new Orientation(codes);
          } catch (IllegalArgumentException e) {
            continue;
          }
          count++;
          Geometry lps = Geometry.of(new Size(4, 3, 2), new Vec3(1, 2, 3));
          assertThat(Orientation.of(lps).codes()).isEqualTo("LPS");
          AxisMap map = Orientation.of(lps).to(new Orientation(codes));
          Geometry turned = map.apply(lps);
          assertThat(Orientation.of(turned).codes()).isEqualTo(codes);
          assertThat(map.inverse().apply(turned).matches(lps, 1e-12)).isTrue();
          assertThat(map.inverse().inverse()).isEqualTo(map);
        }
      }
    }
    assertThat(count).isEqualTo(48);
  }

  @Test
  void wrongCodesAreAUsageError() {
    assertThat(Orientation.parse("ras").codes()).isEqualTo("RAS");
    for (String wrong : new String[]{"", "RA", "RAR", "RLS", "XYZ", "RASS"}) {
      assertThatThrownBy(() -> Orientation.parse(wrong)).isInstanceOf(FiduciaException.class);
    }
  }

  @Test
  void theNearestOrthogonalMatrixOfAScaledReflectionIsTheReflection() {
    Mat3 reflection = new Mat3(new Vec3(-1, 0, 0), new Vec3(0, 0, 1), new Vec3(0, 1, 0));
    Mat3 scaled = new Mat3(
        reflection.columnX().times(2), reflection.columnY().times(2),
        reflection.columnZ().times(2));
    Mat3 nearest = scaled.nearestOrthogonal();
    for (int c = 0; c < 3; c++) {
      assertThat(nearest.column(c).minus(reflection.column(c)).norm()).isLessThan(1e-12);
    }
  }
}
