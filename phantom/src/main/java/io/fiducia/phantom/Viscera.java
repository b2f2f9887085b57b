package io.fiducia.phantom;

import static io.fiducia.phantom.Sketch.flatTube;
import static io.fiducia.phantom.Sketch.p;
import static io.fiducia.phantom.Sketch.tube;

import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Bladder, uterus, vagina, rectum and sigmoid of one patient, in mm before scaling by the skeleton.
 * Each has the shape that it takes alone; {@link Site} lets them compete for the space.
 */
final class Viscera {
  /** The soft organs, in the order of their resistance: what is softer gives way by its bias. */
  enum Organ {
    BLADDER(0),
    UTERUS(2.5),
    VAGINA(1.5),
    ANORECTUM(1),
    SIGMOID(0.5),
    URETHRA(2),
    OVARY(1);

    /** Added to the depth where organs meet, mm. */
    final double bias;

    Organ(double bias) {
      this.bias = bias;
    }
  }

  final List<Primitive> bladder;
  final List<Primitive> uterus;
  final List<Primitive> myomas;
  final List<Primitive> endometrium;
  final List<Primitive> cervix;
  final List<Primitive> tumour;
  final List<Primitive> vagina;
  final List<Primitive> anorectum;
  final List<Primitive> sigmoid;
  final List<Primitive> urethra;
  final List<Primitive> ovaries;
  final List<Primitive> parametria;
  final List<Primitive> ligaments;
  final List<Primitive> spacer;
  /** Where the rectum ends and the sigmoid begins, mm before scaling. */
  final double rectumTopZ;
  /** The curves that gas and stool follow: x, y, z, radius. */
  final List<double[]> rectumCurve;
  final List<double[]> sigmoidCurve;
  final double bladderTopZ;

  Viscera(Patient patient) {
    SeededRandom r = SeededRandom.of(patient.seed(), "viscera");
    double s = patient.skeletonScale();
    Sac sac = Sac.filled(patient.bladderCm3() / (s * s * s), r);
    double depth = sac.depth;
    this.bladderTopZ = sac.topZ;
    this.bladder = List.of(sac.shape);
    this.urethra = tube(p(0, -27, -10, 5.5), p(0, -22, -28, 5.5), p(0, -17, -46, 5));

    double cervixY = 14 + Math.max(0, 0.25 * (depth - 30));
    double cervixX = 5 * r.nextGaussian();
    double t = patient.tumourMm() / s;
    this.vagina = flatTube(2.3, 0, p(0, -8, -58, 4.5), p(0, 4, -34, 5.2), p(0, 11, -8, 5.6),
        p(0.5 * cervixX, cervixY, 14, 6.2));
    if (patient.hysterectomy()) {
      this.uterus = List.of();
      this.myomas = List.of();
      this.endometrium = List.of();
      this.cervix = List.of();
      this.tumour = List.of(new Primitive.Ellipsoid(
          new double[]{0.5 * cervixX, cervixY + 1, 18}, new double[]{0.6 * t, 0.42 * t, 0.4 * t}));
    } else {
      double c = Math.max(12.5, 0.5 * t + 3);
      double[] low = p(cervixX, cervixY, 14, Math.min(c, 15));
      double[] top = p(cervixX * 1.1, cervixY + 1, 38, c * 0.85);
      this.cervix = flatTube(1.12, cervixX, low,
          p(cervixX, cervixY, 25, c), top);
      double growth = 0.5 * t * (0.9 + 0.2 * r.nextDouble());
      this.tumour = List.of(new Primitive.Ellipsoid(
          new double[]{cervixX + 4 * r.nextGaussian(), cervixY + 1, 24},
          new double[]{1.08 * growth, 0.92 * growth, growth}));
      double length = patient.uterusLengthMm() / s - 24;
      double body = 0.245 * patient.uterusLengthMm() / s;
      double[] fundus = fundus(patient, top, length, body, sac.shape, r);
      double[] middle = p(0.5 * (top[0] + fundus[0]),
          0.5 * (top[1] + fundus[1]) + (patient.anteverted() ? 3 : -3),
          0.5 * (top[2] + fundus[2]) + 2, 0.86 * body);
      this.uterus = flatTube(1.22, cervixX, top, middle,
          p(fundus[0], fundus[1], fundus[2], body));
      this.myomas = myomas(patient, new double[][]{top, middle, fundus}, body, r);
      double cavity = patient.ageYears() < 50 ? 3 : 1.6;
      this.endometrium = flatTube(3, cervixX, p(top[0], top[1], top[2] - 4, 1.2),
          p(middle[0], middle[1], middle[2], cavity),
          p(fundus[0], fundus[1], fundus[2], cavity));
    }

    double rr = patient.rectumRadiusMm() / s;
    double bend = 5 + 4 * r.nextDouble();
    int turn = r.nextBoolean() ? 1 : -1;
    this.rectumTopZ = 84;
    double[][] rectum = {p(0, 14, -62, 9), p(0, 24, -42, 10.5),
      p(0, 36, -28, Math.min(rr, 15)), p(-turn * 2, 42, -10, 0.95 * rr),
      p(turn * bend, 46, 12, rr), p(-turn * bend, 48, 34, 0.97 * rr),
      p(turn * bend, 44, 58, 0.9 * rr), p(turn * 2, 34, rectumTopZ, 13)};
    this.rectumCurve = Sketch.smooth(rectum);
    this.anorectum = tube(rectum);
    double loop = 10 * r.nextGaussian();
    double up = 8 * r.nextGaussian();
    double[][] sigma = {p(turn * 2, 34, rectumTopZ, 13), p(6, 18, 98 + 0.4 * up, 12.5),
      p(-14 + loop, -4, 92 + up, 13), p(-22 + loop, -26, 104 + up, 13.5),
      p(6 + loop, -40, 112 + up, 14), p(38, -34, 116 + up, 14), p(66, -22, 108, 14.5),
      p(88, -8, 116, 15), p(98, 6, 140, 16), p(100, 14, 170, 17), p(101, 18, 212, 17)};
    this.sigmoidCurve = Sketch.smooth(sigma);
    this.sigmoid = tube(sigma);

    List<Primitive> sides = new ArrayList<>();
    List<Primitive> bands = new ArrayList<>();
    List<Primitive> glands = new ArrayList<>();
    for (int side : new int[]{-1, 1}) {
      double x = side * 18 + cervixX;
      sides.addAll(tube(p(cervixX + side * 10, cervixY, 24, 11), p(x, cervixY + 3, 24, 10),
          p(side * 36, 24, 24, 8), p(side * 50, 30, 22, 7)));
      if (!patient.hysterectomy()) {
        double[] horn = p(cervixX + side * 22, anteriorOf(patient) - 2, bladderTopZ * 0.6 + 34);
        bands.addAll(tube(p(horn[0], horn[1], horn[2], 2), p(side * 52, -44, 48, 1.8),
            p(side * 66, -66, 26, 1.8)));
      }
      double size = patient.ageYears() < 50 ? 1 : 0.7;
      glands.add(new Primitive.Ellipsoid(
          p(side * (44 + 3 * r.nextGaussian()), 14 + 4 * r.nextGaussian(),
              62 + 6 * r.nextGaussian()),
          p(9 * size, 13 * size, 11 * size)));
    }
    this.parametria = List.copyOf(sides);
    this.ligaments = List.copyOf(bands);
    this.ovaries = List.copyOf(glands);
    this.spacer = patient.spacer()
        ? List.of(new Primitive.Ellipsoid(p(0, 27, 0), p(22, 7, 20)))
        : List.of();
  }

  /** A third of uteri carry one to three of them, in the wall or on it. */
  private static List<Primitive> myomas(Patient patient, double[][] axis, double body,
      SeededRandom r) {
    List<Primitive> found = new ArrayList<>();
    int number = r.nextDouble() < 0.35 ? 1 + r.nextInt(3) : 0;
    for (int i = 0; i < number; i++) {
      double along = 0.2 + 0.8 * r.nextDouble();
      double[] from = axis[1];
      double[] to = axis[along < 0.5 ? 0 : 2];
      double t = Math.abs(2 * along - 1);
      double around = 2 * Math.PI * r.nextDouble();
      double off = (0.5 + 0.7 * r.nextDouble()) * body;
      double size = patient.ageYears() < 55 ? 7 + 10 * r.nextDouble() : 5 + 6 * r.nextDouble();
      double[] centre = new double[3];
      for (int d = 0; d < 3; d++) {
        centre[d] = from[d] + t * (to[d] - from[d]);
      }
      centre[0] += 1.2 * off * Math.cos(around);
      centre[1] += off * Math.sin(around);
      found.add(new Primitive.Ellipsoid(centre,
          p(size, (0.85 + 0.3 * r.nextDouble()) * size, (0.85 + 0.3 * r.nextDouble()) * size)));
    }
    return found;
  }

  private static double anteriorOf(Patient patient) {
    return patient.anteverted() ? -6 : 20;
  }

  /**
   * The end of the uterus: leaning forward as far as the bladder leaves room (a full one lifts it),
   * or back into the hollow of the sacrum.
   */
  private static double[] fundus(Patient patient, double[] top, double length, double body,
      Primitive bladder, SeededRandom r) {
    double x = top[0] + 7 * r.nextGaussian();
    if (!patient.anteverted()) {
      double angle = Math.toRadians(48 + 8 * r.nextGaussian());
      return p(x, top[1] + 0.55 * length * Math.cos(angle), top[2] + length * Math.sin(angle));
    }
    for (double degrees = 15; degrees < 95; degrees += 5) {
      double angle = Math.toRadians(degrees);
      double y = top[1] - length * Math.cos(angle);
      double z = top[2] + length * Math.sin(angle);
      boolean free = bladder.depth(x, y, z) < -0.55 * body && bladder.depth(
          0.5 * (x + top[0]), 0.5 * (y + top[1]), 0.5 * (z + top[2])) < -0.3 * body;
      if (free) {
        return p(x, y, z);
      }
    }
    return p(x, top[1], top[2] + length);
  }

  /**
   * A bladder of a volume: a broad base on the pelvic floor, a dome that rises and
   * grows rounder with filling, an apex behind the symphysis, shoulders at the sides.
   */
  private record Sac(Primitive.Blend shape, double depth, double topZ) {
    static Sac filled(double cm3, SeededRandom r) {
      double wide = 1.1 + 0.07 * r.nextGaussian();
      double lean = 3 * r.nextGaussian();
      double tilt = 0.1 * r.nextGaussian();
      double shoulders = 0.5 + 0.06 * r.nextGaussian();
      double radius = 0.9 * Math.cbrt(3 * cm3 * 1000 / (4 * Math.PI));
      Sac sac = of(radius, wide, lean, tilt, shoulders);
      for (int i = 0; i < 3; i++) {
        radius *= Math.cbrt(cm3 / sac.shape.volumeCm3(3));
        sac = of(radius, wide, lean, tilt, shoulders);
      }
      return sac;
    }

    private static Sac of(double radius, double wide, double lean, double tilt,
        double shoulders) {
      double depth = Math.min(0.95 * radius, 20 + 0.34 * radius);
      double width = wide * radius;
      double height = radius * radius * radius / (depth * width);
      double y = -44 + depth;
      double z = -9 + 0.9 * height;
      List<Primitive> parts = new ArrayList<>();
      parts.add(new Primitive.Ellipsoid(p(lean, y, z), p(0.93 * width, depth, 0.92 * height)));
      for (int side : new int[]{-1, 1}) {
        parts.add(new Primitive.Ellipsoid(
            p(lean + side * shoulders * width, y + 0.12 * depth,
                z + (side * tilt - 0.16) * height),
            p(0.58 * width, 0.8 * depth, 0.62 * height)));
      }
      parts.add(new Primitive.Ellipsoid(p(0.6 * lean, y - 0.42 * depth, z + 0.3 * height),
          p(0.55 * width, 0.58 * depth, 0.6 * height)));
      // The neck stays where the urethra begins.
      parts.addAll(tube(p(0.3 * lean, -27, -9, 7), p(0.6 * lean, y, 4, 0.4 * depth + 4)));
      return new Sac(new Primitive.Blend(parts, 10), depth, z + height);
    }
  }
}
