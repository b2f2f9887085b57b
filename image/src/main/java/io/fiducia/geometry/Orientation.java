package io.fiducia.geometry;

import io.fiducia.base.FiduciaException;
import java.util.Locale;

/**
 * Where the three index axes of a grid point, as three letters: "RAS" says that the first index
 * grows towards the patient's right, the second towards anterior, the third towards superior. The
 * letters are the usual ones of NIfTI tools (R/L, A/P, S/I), one of each pair.
 */
public record Orientation(String codes) {
  /** The letters of growing RAS coordinates and of falling ones. */
  private static final String POSITIVE = "RAS";
  private static final String NEGATIVE = "LPI";

  public Orientation {
    if (!valid(codes)) {
      throw new IllegalArgumentException("orientation '" + codes + "'");
    }
  }

  /**
   * The orientation of three letters in either case.
   *
   * @throws FiduciaException of kind USAGE if they do not name each of the three axes once
   */
  public static Orientation parse(String codes) {
    String upper = codes.toUpperCase(Locale.ROOT);
    if (!valid(upper)) {
      throw FiduciaException.usage(
          "'" + codes + "' is no orientation",
          "expected three letters, one each of R or L, A or P, S or I",
          "give for example RAS or LPS");
    }
    return new Orientation(upper);
  }

  private static boolean valid(String codes) {
    if (codes.length() != 3) {
      return false;
    }
    int seen = 0;
    for (int i = 0; i < 3; i++) {
      int axis = axisOf(codes.charAt(i));
      if (axis < 0 || (seen & 1 << axis) != 0) {
        return false;
      }
      seen |= 1 << axis;
    }
    return true;
  }

  private static int axisOf(char code) {
    return Math.max(POSITIVE.indexOf(code), NEGATIVE.indexOf(code));
  }

  /**
   * The orientation closest to a grid's. Shear is taken out first (nearest orthogonal axes), then
   * the index axes choose their patient axis in order of how clearly they point along one, so that
   * the answer does not depend on the order of the index axes; nibabel's {@code aff2axcodes} gives
   * the same.
   */
  public static Orientation of(Geometry geometry) {
    Mat3 axes = geometry.direction().nearestOrthogonal();
    // LPS inside, RAS in the letters: the first two rows change sign.
    double[][] ras = new double[3][3];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        ras[row][column] = (row < 2 ? -1 : 1) * axes.get(row, column);
      }
    }
    char[] codes = new char[3];
    boolean[] taken = new boolean[3];
    int[] order = clearestFirst(ras);
    for (int column : order) {
      int best = -1;
      for (int row = 0; row < 3; row++) {
        if (!taken[row]
            && (best < 0 || Math.abs(ras[row][column]) > Math.abs(ras[best][column]))) {
          best = row;
        }
      }
      taken[best] = true;
      codes[column] = ras[best][column] < 0 ? NEGATIVE.charAt(best) : POSITIVE.charAt(best);
    }
    return new Orientation(new String(codes));
  }

  private static int[] clearestFirst(double[][] ras) {
    double[] strength = new double[3];
    for (int column = 0; column < 3; column++) {
      for (int row = 0; row < 3; row++) {
        strength[column] = Math.max(strength[column], ras[row][column] * ras[row][column]);
      }
    }
    int[] order = new int[3];
    boolean[] used = new boolean[3];
    for (int place = 0; place < 3; place++) {
      int best = -1;
      for (int column = 0; column < 3; column++) {
        if (!used[column] && (best < 0 || strength[column] > strength[best])) {
          best = column;
        }
      }
      used[best] = true;
      order[place] = best;
    }
    return order;
  }

  /** How a grid of this orientation is permuted and flipped to get the target's. */
  public AxisMap to(Orientation target) {
    int[] source = new int[3];
    boolean[] reversed = new boolean[3];
    for (int a = 0; a < 3; a++) {
      char wanted = target.codes.charAt(a);
      for (int s = 0; s < 3; s++) {
        char found = codes.charAt(s);
        if (axisOf(found) == axisOf(wanted)) {
          source[a] = s;
          reversed[a] = found != wanted;
        }
      }
    }
    return AxisMap.of(source, reversed);
  }

  @Override
  public String toString() {
    return codes;
  }
}
