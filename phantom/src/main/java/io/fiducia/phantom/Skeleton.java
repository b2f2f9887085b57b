package io.fiducia.phantom;

import static io.fiducia.phantom.Sketch.ball;
import static io.fiducia.phantom.Sketch.p;
import static io.fiducia.phantom.Sketch.plate;
import static io.fiducia.phantom.Sketch.tube;

import java.util.ArrayList;
import java.util.List;

/**
 * The bones of an average woman's pelvis in mm, before scaling: hip bones, sacrum, lowest lumbar
 * vertebrae and thigh bones.
 */
final class Skeleton {
  /** A bone or what belongs to bones. */
  enum Bone {
    HIP(1.7, Tissue.MARROW),
    SACRUM(1.3, Tissue.MARROW),
    VERTEBRA(1.3, Tissue.MARROW),
    FEMUR_HEAD_LEFT(1.5, Tissue.MARROW),
    FEMUR_HEAD_RIGHT(1.5, Tissue.MARROW),
    FEMUR_SHAFT(5, Tissue.MARROW),
    DISC(0, Tissue.DISC);

    private static final Bone[] ALL = values();

    /** Thickness of the compact shell, mm. */
    final double shellMm;
    final Tissue inside;

    Bone(double shellMm, Tissue inside) {
      this.shellMm = shellMm;
      this.inside = inside;
    }

    /** The bone of a part's number in {@link Skeleton#parts()}. */
    static Bone of(int part) {
      return ALL[part];
    }
  }

  /** Centre of the left femoral head. */
  static final double HEAD_X = 87;
  static final double HEAD_RADIUS = 22;
  /** From the centre of the head along the neck, unit vector of the left side. */
  static final double[] NECK = {0.87, 0.19, -0.455};

  private Skeleton() {}

  static List<DepthField.Part> parts() {
    List<DepthField.Part> parts = new ArrayList<>();
    both(parts, Bone.HIP, Bone.HIP, hipBone());
    both(parts, Bone.FEMUR_SHAFT, Bone.FEMUR_SHAFT, shaft());
    both(parts, Bone.FEMUR_HEAD_LEFT, Bone.FEMUR_HEAD_RIGHT, headAndNeck());
    add(parts, Bone.SACRUM, sacrum());
    add(parts, Bone.VERTEBRA, vertebrae());
    add(parts, Bone.DISC, discs());
    return parts;
  }

  private static void add(List<DepthField.Part> parts, Bone bone, List<Primitive> solids) {
    parts.add(new DepthField.Part(bone.ordinal(), solids));
  }

  private static void both(List<DepthField.Part> parts, Bone left, Bone right,
      List<Primitive> solids) {
    add(parts, left, solids);
    add(parts, right, Sketch.mirrored(solids));
  }

  private static List<Primitive> headAndNeck() {
    List<Primitive> s = new ArrayList<>(ball(HEAD_X, 0, 0, HEAD_RADIUS));
    s.addAll(tube(p(HEAD_X, 0, 0, 16), p(107, 4, -10, 14.5), p(126, 9, -21, 17)));
    return s;
  }

  private static List<Primitive> shaft() {
    List<Primitive> s = new ArrayList<>();
    s.addAll(tube(p(132, 13, -10, 13), p(141, 19, -16, 12), p(142, 17, -34, 13)));
    s.addAll(tube(p(131, 11, -28, 18), p(128, 9, -52, 18), p(125, 6, -80, 15.5),
        p(122, 4, -110, 14.5), p(119, 2, -170, 14)));
    s.addAll(ball(112, 20, -60, 9));
    return s;
  }

  private static List<Primitive> hipBone() {
    List<Primitive> s = new ArrayList<>();
    s.add(new Socket(HEAD_X, 25.2, 33));
    // Body of the ilium, from the roof of the socket to the sacroiliac joint.
    s.addAll(tube(p(86, 6, 36, 14), p(78, 22, 44, 12), p(64, 42, 60, 11), p(51, 58, 78, 10)));
    s.addAll(plate(
        new double[][]{p(104, -34, 36), p(96, -14, 40), p(84, 14, 46), p(68, 40, 60),
          p(52, 62, 78), p(44, 80, 72)},
        new double[][]{p(120, -48, 78), p(133, -20, 108), p(132, 16, 136), p(112, 50, 146),
          p(78, 78, 128), p(46, 90, 96)},
        6, 2.6, 5, p(5, 6, 0)));
    s.addAll(tube(p(118, -47, 76, 6), p(132, -20, 108, 6), p(131, 16, 136, 6.5),
        p(111, 50, 146, 6.5), p(77, 78, 128, 7), p(46, 89, 96, 8)));
    s.addAll(tube(p(100, -30, 28, 8), p(104, -35, 40, 7)));
    // Pubis, its two branches, and the ischium: around the obturator foramen.
    s.addAll(tube(p(74, -26, 10, 12), p(56, -40, 12, 9), p(38, -51, 9, 8.5), p(20, -58, 2, 10),
        p(12, -58, -4, 8.5)));
    s.addAll(tube(p(11.5, -57, 6, 8), p(11.5, -54, -10, 8.5), p(12, -49, -24, 7.5)));
    s.addAll(tube(p(13, -48, -24, 7), p(27, -32, -42, 6.5), p(42, -10, -58, 7.5),
        p(54, 12, -66, 11)));
    s.addAll(tube(p(80, 20, -14, 14), p(70, 27, -34, 13.5), p(61, 25, -52, 14.5),
        p(55, 18, -64, 14)));
    s.addAll(tube(p(72, 34, -4, 8), p(58, 44, -4, 5), p(48, 47, -6, 3)));
    return s;
  }

  private static List<Primitive> sacrum() {
    List<Primitive> s = new ArrayList<>();
    // Body and wings, concave to the front.
    s.addAll(Sketch.flatTube(2.9, 0, p(0, 36, 98, 15), p(0, 52, 84, 14.5), p(0, 66, 66, 12),
        p(0, 76, 46, 9), p(0, 80, 28, 6.5), p(0, 77, 14, 4.5)));
    s.addAll(Sketch.flatTube(1.8, 0, p(0, 77, 14, 4.5), p(0, 70, 0, 3.6), p(0, 60, -10, 2.6)));
    s.addAll(tube(p(0, 72, 104, 5), p(0, 84, 86, 6), p(0, 92, 64, 6), p(0, 93, 44, 4)));
    for (int side : new int[]{-1, 1}) {
      s.addAll(tube(p(side * 20, 60, 104, 8), p(side * 22, 78, 80, 6), p(side * 17, 88, 58, 5)));
      s.addAll(tube(p(side * 24, 40, 98, 11), p(side * 38, 50, 92, 11), p(side * 41, 60, 78, 9)));
    }
    return s;
  }

  private static List<Primitive> vertebrae() {
    List<Primitive> s = new ArrayList<>();
    vertebra(s, 17, 128);
    vertebra(s, 12, 164);
    vertebra(s, 11, 200);
    return s;
  }

  private static void vertebra(List<Primitive> s, double y, double z) {
    s.addAll(Sketch.flatTube(1.42, 0, p(0, y, z - 6, 18), p(0, y, z, 16.5), p(0, y, z + 6, 18)));
    for (int side : new int[]{-1, 1}) {
      s.addAll(tube(p(side * 17, y + 12, z + 4, 6), p(side * 19, y + 28, z + 2, 6.5),
          p(side * 12, y + 42, z - 6, 5), p(0, y + 47, z - 8, 4)));
      s.addAll(tube(p(side * 18, y + 24, z + 4, 5), p(side * 34, y + 27, z + 7, 4.5),
          p(side * 46, y + 28, z + 8, 4)));
      s.addAll(tube(p(side * 20, y + 33, z + 12, 5.5), p(side * 21, y + 35, z - 18, 6.5)));
    }
    s.addAll(tube(p(0, y + 46, z - 6, 4), p(0, y + 62, z - 10, 4), p(0, y + 72, z - 12, 5)));
  }

  private static List<Primitive> discs() {
    List<Primitive> s = new ArrayList<>();
    s.addAll(Sketch.flatTube(1.4, 0, p(0, 27, 109, 13.5), p(0, 24, 112, 15)));
    s.addAll(Sketch.flatTube(1.4, 0, p(0, 15, 144, 16), p(0, 14, 148, 16)));
    s.addAll(Sketch.flatTube(1.4, 0, p(0, 12, 180, 16), p(0, 12, 184, 16)));
    // Symphysis.
    s.addAll(tube(p(0, -57, 5, 6.5), p(0, -54, -10, 6.5), p(0, -50, -20, 6)));
    return s;
  }

  /** The hip socket: part of a spherical shell, open to the side, the front and below. */
  private record Socket(double centreX, double inner, double outer) implements Primitive {
    private static final double[] OPEN = {0.76, -0.36, -0.54};

    @Override
    public double depth(double x, double y, double z) {
      double dx = x - centreX;
      double r = Math.sqrt(dx * dx + y * y + z * z);
      double along = dx * OPEN[0] + y * OPEN[1] + z * OPEN[2];
      return Math.min(Math.min(outer - r, r - inner), 6 - along);
    }

    @Override
    public Box bounds() {
      return new Box(centreX - outer, -outer, -outer, centreX + outer, outer, outer);
    }
  }
}
