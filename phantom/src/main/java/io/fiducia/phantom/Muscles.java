package io.fiducia.phantom;

import static io.fiducia.phantom.Sketch.p;
import static io.fiducia.phantom.Sketch.plate;
import static io.fiducia.phantom.Sketch.tube;

import java.util.ArrayList;
import java.util.List;

/** The muscles of pelvis, hips and upper thighs in mm, before scaling. */
final class Muscles {
  private Muscles() {}

  static List<DepthField.Part> parts() {
    List<List<Primitive>> left = new ArrayList<>();
    // Psoas and iliacus, which join before the hip.
    left.add(tube(p(40, 24, 205, 20), p(44, 20, 165, 21), p(48, 12, 135, 21), p(58, 2, 105, 19),
        p(72, -14, 65, 16), p(86, -30, 28, 14), p(94, -36, 6, 14), p(103, -26, -22, 13),
        p(112, -2, -48, 11), p(113, 14, -60, 7)));
    left.add(plate(
        new double[][]{p(97, -36, 32), p(88, -22, 38), p(76, 4, 50), p(64, 28, 66),
          p(54, 46, 84)},
        new double[][]{p(112, -46, 72), p(124, -22, 98), p(123, 10, 122), p(106, 40, 132),
          p(78, 64, 118)},
        8, 8, 4, p(4, 2, 0)));
    // Gluteals.
    left.add(plate(
        new double[][]{p(46, 96, 96), p(38, 104, 66), p(30, 104, 30), p(28, 96, 0),
          p(40, 84, -36), p(62, 66, -64)},
        new double[][]{p(104, 74, 92), p(128, 62, 50), p(148, 52, 10), p(155, 44, -22),
          p(152, 38, -58), p(142, 32, -96)},
        12, 25, 10, p(2, 15, 0)));
    left.add(plate(
        new double[][]{p(126, -44, 82), p(143, -16, 108), p(142, 18, 128), p(118, 56, 132),
          p(88, 80, 106)},
        new double[][]{p(132, -10, 4), p(148, 0, 0), p(150, 14, 0), p(144, 26, 6),
          p(130, 34, 16)},
        8, 18, 9, p(9, 3, 0)));
    left.add(plate(
        new double[][]{p(118, -30, 66), p(126, -4, 82), p(118, 28, 92)},
        new double[][]{p(126, -16, 8), p(134, 2, 4), p(134, 18, 8)},
        6, 11, 7, p(4, 0, 0)));
    // Deep rotators.
    left.add(tube(p(22, 68, 60, 6), p(38, 66, 52, 9), p(62, 58, 36, 11), p(96, 46, 16, 8),
        p(132, 24, 4, 5)));
    left.add(plate(
        new double[][]{p(64, -30, 6), p(57, -6, 14), p(54, 18, 12), p(54, 36, 4)},
        new double[][]{p(34, -34, -36), p(42, -8, -52), p(50, 14, -56), p(52, 30, -38)},
        5, 7, 5, p(-2, 0, 0)));
    left.add(tube(p(53, 38, -16, 7), p(66, 50, -16, 7), p(96, 42, -8, 6), p(134, 18, 0, 4)));
    left.add(tube(p(38, -38, -40, 9), p(62, -14, -46, 11), p(92, 16, -34, 8),
        p(130, 22, -12, 4)));
    left.add(tube(p(66, 34, -54, 9), p(94, 34, -50, 10), p(126, 26, -44, 8)));
    // Pelvic floor.
    left.add(plate(
        new double[][]{p(44, -34, -6), p(54, -6, -4), p(54, 24, -4), p(46, 48, -6),
          p(18, 68, -2)},
        new double[][]{p(13, -34, -30), p(17, 0, -40), p(17, 26, -44), p(15, 44, -38),
          p(5, 60, -18)},
        2.2, 2.6, 3.4, p(0, 2, -9)));
    // Front and inside of the thigh.
    left.add(tube(p(124, -52, 72, 11), p(112, -64, 40, 13), p(98, -70, 0, 14), p(82, -70, -50, 14),
        p(66, -62, -110, 15), p(56, -52, -170, 16)));
    left.add(tube(p(104, -42, 34, 11), p(110, -56, 10, 15), p(114, -60, -40, 19),
        p(112, -60, -100, 23), p(108, -58, -170, 24)));
    left.add(tube(p(130, -46, 72, 12), p(144, -42, 36, 16), p(152, -34, -10, 17),
        p(154, -24, -60, 14), p(154, -14, -120, 9)));
    left.add(tube(p(146, 0, -34, 14), p(146, -10, -60, 22), p(142, -16, -100, 29),
        p(138, -18, -170, 31)));
    left.add(tube(p(118, -24, -52, 14), p(108, -24, -90, 22), p(98, -24, -170, 26)));
    left.add(tube(p(34, -58, 10, 12), p(54, -52, -12, 16), p(82, -28, -46, 16),
        p(112, 2, -76, 10)));
    left.add(tube(p(18, -58, -16, 13), p(40, -50, -50, 20), p(62, -36, -95, 26),
        p(80, -26, -170, 26)));
    left.add(tube(p(22, -44, -34, 12), p(52, -22, -66, 19), p(84, -6, -100, 18),
        p(104, 2, -150, 14)));
    left.add(tube(p(13, -46, -30, 9), p(24, -34, -80, 12), p(30, -24, -170, 14)));
    left.add(tube(p(44, 0, -66, 15), p(56, 4, -90, 26), p(66, 8, -130, 33), p(68, 10, -170, 33)));
    left.add(tube(p(62, 34, -64, 13), p(74, 42, -90, 21), p(84, 46, -130, 26),
        p(86, 46, -170, 28)));
    // Back and front of the trunk.
    left.add(tube(p(20, 86, 84, 9), p(26, 86, 108, 17), p(32, 78, 140, 22), p(34, 72, 205, 25)));
    left.add(tube(p(88, 56, 142, 9), p(72, 44, 165, 15), p(64, 40, 205, 15)));
    List<DepthField.Part> parts = new ArrayList<>();
    int id = 1;
    for (List<Primitive> muscle : left) {
      parts.add(new DepthField.Part(id++, muscle));
      parts.add(new DepthField.Part(id++, Sketch.mirrored(muscle)));
    }
    return parts;
  }
}
