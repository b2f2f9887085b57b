package io.fiducia.phantom;

import static io.fiducia.phantom.Sketch.p;
import static io.fiducia.phantom.Sketch.tube;

import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Iliac and femoral vessels, the nodes along them, in mm, before scaling. */
final class Vessels {
  private Vessels() {}

  /** Where the common iliac arteries begin and where they divide: heights for contouring. */
  static final double BIFURCATION_Z = 168;

  static final double DIVISION_Z = 110;

  /** Below this the external iliac vessels become the femoral ones. */
  static final double GROIN_Z = 22;

  static List<Primitive> arteries() {
    List<Primitive> s = new ArrayList<>(tube(p(4, -10, 210, 8.5), p(3, -10, 168, 8)));
    for (int side : new int[]{1, -1}) {
      List<Primitive> one = new ArrayList<>();
      one.addAll(tube(p(3 * side, -10, 168, 6), p(20, -10, 145, 5.5), p(36, -2, 122, 5.2),
          p(43, 4, 110, 5)));
      one.addAll(iliacExternal(4.6, 0, 0));
      one.addAll(iliacInternal(3.8, 0));
      one.addAll(tube(p(48, 34, 52, 2.2), p(51, 10, 24, 1.9), p(48, -16, 8, 1.8)));
      one.addAll(tube(p(48, 36, 52, 2), p(34, 26, 34, 1.7), p(21, 18, 28, 1.6)));
      one.addAll(tube(p(47, 40, 66, 2.6), p(56, 54, 52, 2.6), p(72, 64, 50, 2.2)));
      s.addAll(side > 0 ? one : Sketch.mirrored(one));
    }
    return s;
  }

  static List<Primitive> veins() {
    List<Primitive> s = new ArrayList<>(tube(p(-18, -4, 210, 10.5), p(-17, -1, 160, 10)));
    for (int side : new int[]{1, -1}) {
      List<Primitive> one = new ArrayList<>();
      // The left one crosses behind the right artery.
      one.addAll(tube(p(side > 0 ? -17 : 17, -1, 160, 8), p(side > 0 ? 6 : 22, 4, 140, 7.5),
          p(34, 12, 116, 7)));
      one.addAll(tube(p(34, 12, 116, 7), p(46, 0, 84, 6.2), p(55, -22, 46, 6), p(58, -43, 16, 6),
          p(56, -52, -12, 6), p(57, -52, -60, 5.5), p(62, -40, -110, 5), p(64, -34, -170, 5)));
      one.addAll(tube(p(34, 12, 116, 6), p(40, 34, 88, 5), p(43, 46, 62, 4.2), p(42, 48, 40, 3)));
      s.addAll(side > 0 ? one : Sketch.mirrored(one));
    }
    return s;
  }

  private static List<Primitive> iliacExternal(double r, double dx, double dy) {
    return tube(p(43 + dx, 4 + dy, 110, r + 0.3), p(54 + dx, -14 + dy, 80, r),
        p(65 + dx, -34 + dy, 46, r), p(70 + dx, -52 + dy, 18, r), p(70 + dx, -60 + dy, -10, r),
        p(70 + dx, -60 + dy, -60, r - 0.4), p(70 + dx, -50 + dy, -110, r - 0.8),
        p(70 + dx, -42 + dy, -170, r - 1));
  }

  private static List<Primitive> iliacInternal(double r, double dx) {
    return tube(p(43 + dx, 4, 110, r), p(46 + dx, 24, 90, r), p(48 + dx, 38, 68, r - 0.4),
        p(48 + dx, 42, 48, r - 1), p(45 + dx, 46, 34, r - 1.6));
  }

  /** What elective nodal volumes follow: common, external and internal iliac, obturator, presacral. */
  static List<Primitive> nodalChains() {
    List<Primitive> one = new ArrayList<>();
    one.addAll(tube(p(3, -8, 168, 9), p(20, -6, 145, 8), p(36, 3, 120, 8), p(42, 6, 108, 8)));
    one.addAll(tube(p(42, 6, 108, 7), p(50, -6, 80, 7), p(60, -28, 46, 7), p(64, -46, 22, 6)));
    one.addAll(tube(p(42, 6, 108, 6), p(44, 28, 88, 6), p(46, 40, 64, 6), p(45, 44, 40, 5)));
    one.addAll(tube(p(50, 8, 62, 5), p(51, 10, 34, 4), p(49, -8, 14, 3)));
    // Along the wall of the pelvis, from the external to the internal vessels.
    one.addAll(Sketch.plate(new double[][]{p(44, 0, 100), p(51, -8, 78), p(59, -26, 48),
      p(58, -28, 26)},
        new double[][]{p(44, 22, 96), p(46, 34, 74), p(48, 36, 52),
          p(50, 26, 30)},
        4, 3, 3, p(5, 0, 0)));
    // In front of the upper sacrum, down to its second segment.
    one.addAll(tube(p(34, 28, 104, 4), p(16, 26, 100, 3), p(0, 24, 98, 3)));
    one.addAll(tube(p(26, 46, 80, 3), p(12, 44, 80, 3), p(0, 44, 80, 3)));
    List<Primitive> s = new ArrayList<>(one);
    s.addAll(Sketch.mirrored(one));
    return s;
  }

  /** Small nodes everywhere, and the enlarged ones of this patient. */
  static List<Primitive> nodes(SeededRandom random, int enlarged) {
    double[][] sites = {{62, -22, 62}, {58, -36, 34}, {54, 2, 36}, {50, 14, 44}, {40, 18, 96},
      {30, 4, 132}, {68, -64, -4}, {74, -66, -24}, {46, 40, 74}};
    List<Primitive> s = new ArrayList<>();
    for (int i = 0; i < sites.length; i++) {
      for (int side : new int[]{1, -1}) {
        double r = 2.2 + 1.4 * random.nextDouble();
        s.add(new Primitive.Ellipsoid(
            new double[]{side * (sites[i][0] + 3 * random.nextGaussian()),
              sites[i][1] + 2 * random.nextGaussian(), sites[i][2] + 5 * random.nextGaussian()},
            new double[]{r, 1.2 * r, 1.6 * r}));
      }
    }
    for (int n = 0; n < enlarged; n++) {
      double[] site = sites[random.nextInt(5)];
      double r = 5 + 4 * random.nextDouble();
      s.add(new Primitive.Ellipsoid(
          new double[]{(random.nextBoolean() ? 1 : -1) * site[0], site[1],
            site[2] + 8 * random.nextGaussian()},
          new double[]{r, r, 1.3 * r}));
    }
    return s;
  }
}
