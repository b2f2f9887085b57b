package io.fiducia.phantom;

import io.fiducia.base.SeededRandom;
import io.fiducia.phantom.Viscera.Organ;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The solids that make up one patient's body, each as a field of depths, and the peritoneal space
 * that they leave free. Positions are in mm before scaling by the skeleton, unless {@link #body} is
 * asked, which takes the patient's own.
 */
final class PelvisParts {
  /** Distance of the samples of bones and organs, mm; vessels are finer. */
  private static final double STEP_MM = 2.5;

  /** What bowel leaves free around the wall of the abdomen, bones, muscles, vessels and organs, mm. */
  private static final double FROM_WALL_MM = 3;
  private static final double FROM_BONE_MM = 2;
  private static final double FROM_MUSCLE_MM = 1;
  private static final double FROM_VESSEL_MM = 1;
  private static final double FROM_ORGAN_MM = 0.5;

  /** Lowest height of the peritoneal space: beside the rectum, and in front of it. */
  private static final double BACK_FLOOR_Z = 44;
  private static final double FRONT_FLOOR_Z = 34;

  final Patient patient;
  final double scale;
  final BodyOutline body;
  final Viscera viscera;
  final DepthField bones;
  final DepthField canals;
  final DepthField muscles;
  final DepthField arteries;
  final DepthField veins;
  final DepthField chains;
  final DepthField nodes;
  final Map<Organ, DepthField> organs = new EnumMap<>(Organ.class);
  final DepthField cervix;
  final DepthField tumour;
  final DepthField endometrium;
  final DepthField parametria;
  final DepthField ligaments;
  final DepthField spacer;
  final DepthField implant;
  final BowelLoops bowel;
  final Noise fine;
  final Noise coarse;

  PelvisParts(Patient patient) {
    this.patient = patient;
    this.scale = patient.skeletonScale();
    this.body = new BodyOutline(patient);
    this.viscera = new Viscera(patient);
    this.fine = new Noise(patient.seed() ^ 0xF1E1L, 5);
    this.coarse = new Noise(patient.seed() ^ 0xC0A5L, 28);
    DepthField.Warp rigid = new SmoothWarp(patient.seed() + 1000, 1.6, 75);
    DepthField.Warp soft = new SmoothWarp(patient.seed() + 2000, 4.5, 60);
    this.bones = DepthField.of(Skeleton.parts(), STEP_MM, 8, false, rigid);
    this.canals = DepthField.of(spinalCanal(), STEP_MM, rigid);
    this.muscles = DepthField.of(Muscles.parts(), 3, 4, true, soft);
    this.arteries = DepthField.of(Vessels.arteries(), 2, soft);
    this.veins = DepthField.of(Vessels.veins(), 2, soft);
    this.chains = DepthField.of(List.of(new DepthField.Part(1, Vessels.nodalChains())), STEP_MM,
        14, false, soft);
    this.nodes = DepthField.of(Vessels.nodes(SeededRandom.of(patient.seed(), "nodes"),
        patient.enlargedNodes()), 2, soft);
    organ(Organ.BLADDER, viscera.bladder, soft, 1.5);
    List<Primitive> womb = new ArrayList<>(viscera.uterus);
    womb.addAll(viscera.myomas);
    womb.addAll(viscera.cervix);
    womb.addAll(viscera.tumour);
    organ(Organ.UTERUS, womb, soft, 1.8);
    organ(Organ.VAGINA, viscera.vagina, soft, 0.6);
    organ(Organ.ANORECTUM, viscera.anorectum, soft, 1.2);
    organ(Organ.SIGMOID, viscera.sigmoid, soft, 1.6);
    organ(Organ.URETHRA, viscera.urethra, soft, 0.4);
    organ(Organ.OVARY, viscera.ovaries, soft, 1);
    this.cervix = field(viscera.cervix, soft);
    this.tumour = field(viscera.tumour, soft).roughened(new Noise(patient.seed() ^ 7, 14), 3);
    this.endometrium = field(viscera.endometrium, soft);
    this.parametria = field(viscera.parametria, soft);
    this.ligaments = field(viscera.ligaments, soft);
    this.spacer = field(viscera.spacer, soft);
    this.implant = field(implantSolids(), DepthField.Warp.none());
    double[] low = {-112, -100 - 0.3 * body.girthMm(), 28};
    double[] high = {112, 40, 195};
    this.bowel = new BowelLoops(patient, this::room, low, high);
  }

  private void organ(Organ organ, List<Primitive> solids, DepthField.Warp warp, double roughMm) {
    if (!solids.isEmpty()) {
      organs.put(organ, DepthField.of(List.of(new DepthField.Part(1, solids)), STEP_MM, 8, false,
          warp).roughened(new Noise(patient.seed() ^ (31L * organ.ordinal() + 11), 24), roughMm));
    }
  }

  private static DepthField field(List<Primitive> solids, DepthField.Warp warp) {
    // Far away from everything, for what this patient lacks.
    return DepthField.of(
        solids.isEmpty()
            ? List.of(new Primitive.Ellipsoid(new double[]{0, 0, -1e4}, new double[]{1, 1, 1}))
            : solids,
        STEP_MM, warp);
  }

  private static List<Primitive> spinalCanal() {
    return new ArrayList<>(Sketch.flatTube(1.35, 0, Sketch.p(0, 46, 205, 8.5),
        Sketch.p(0, 46, 165, 8.5), Sketch.p(0, 50, 128, 8.5), Sketch.p(0, 62, 102, 7.5),
        Sketch.p(0, 76, 78, 5), Sketch.p(0, 84, 54, 3)));
  }

  private List<Primitive> implantSolids() {
    if (patient.prosthesis() == Patient.Side.NONE) {
      return List.of();
    }
    double x = Skeleton.HEAD_X;
    List<Primitive> s = new ArrayList<>(Sketch.ball(x, 0, 0, 14));
    s.addAll(Sketch.tube(Sketch.p(x, 0, 0, 7), Sketch.p(108, 4, -11, 7), Sketch.p(124, 8, -24, 9),
        Sketch.p(127, 8, -60, 7.5), Sketch.p(123, 5, -110, 5.5), Sketch.p(122, 4, -125, 4)));
    return patient.prosthesis() == Patient.Side.LEFT ? s : Sketch.mirrored(s);
  }

  /** Depth in the peritoneal space that organs, muscles and bones leave free. */
  double room(double x, double y, double z) {
    double free = Math.min(body.cavityDepth(x * scale, y * scale, z * scale) - FROM_WALL_MM,
        cavityWall(x, y, z));
    free = Math.min(free, -bones.depth(x, y, z) - FROM_BONE_MM);
    free = Math.min(free, -muscles.depth(x, y, z) - FROM_MUSCLE_MM);
    free = Math.min(free, -chains.depth(x, y, z) - FROM_VESSEL_MM);
    for (DepthField organ : organs.values()) {
      free = Math.min(free, -organ.depth(x, y, z) - FROM_ORGAN_MM);
    }
    return free;
  }

  /**
   * Depth inside the walls of the peritoneal space: its floor, the great vessels behind it, the sides
   * of the true pelvis, and the wings of the hip bones.
   */
  private static double cavityWall(double x, double y, double z) {
    double floor = z - (y > 25 ? BACK_FLOOR_Z : FRONT_FLOOR_Z);
    double back = 34 - y - 0.25 * Math.max(0, z - 110);
    double side = 56 + Math.max(0, z - 42) - Math.abs(x);
    double wing = 0.86 * (92 + 0.5 * Math.max(0, z - 60) - Math.abs(x) - 0.585 * (y + 20));
    return Math.min(Math.min(floor, back), Math.min(side, wing));
  }
}
