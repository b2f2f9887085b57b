package io.fiducia.phantom;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.Viscera.Organ;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The body of one synthetic patient. Bones, muscles and vessels are solids; the soft organs strive
 * for their own shapes and compete for the space where these overlap, so that they flatten against
 * each other as organs do; bowel fills what is left.
 *
 * <p>Immutable and safe to sample from several threads.
 */
public final class PelvisAnatomy implements TissueSource {
  private static final double STEP_MM = 2.5;
  private static final double BLADDER_WALL_MM = 3.2;
  private static final double RECTUM_WALL_MM = 3.4;
  private static final double BOWEL_WALL_MM = 2.2;
  private static final double SKIN_MM = 2;

  private final Patient patient;
  private final double scale;
  private final BodyOutline body;
  private final Viscera viscera;
  private final DepthField bones;
  private final DepthField canals;
  private final DepthField muscles;
  private final DepthField arteries;
  private final DepthField veins;
  private final DepthField chains;
  private final DepthField nodes;
  private final Map<Organ, DepthField> organs = new EnumMap<>(Organ.class);
  private final DepthField cervix;
  private final DepthField tumour;
  private final DepthField endometrium;
  private final DepthField parametria;
  private final DepthField ligaments;
  private final DepthField spacer;
  private final DepthField implant;
  private final BowelLoops bowel;
  private final Noise fine;
  private final Noise coarse;

  private PelvisAnatomy(Patient patient) {
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

  /** Builds a patient's body; takes about a second. */
  public static PelvisAnatomy of(Patient patient) {
    return new PelvisAnatomy(patient);
  }

  public Patient patient() {
    return patient;
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
    List<Primitive> s = new ArrayList<>(Sketch.flatTube(1.35, 0, Sketch.p(0, 46, 205, 8.5),
        Sketch.p(0, 46, 165, 8.5), Sketch.p(0, 50, 128, 8.5), Sketch.p(0, 62, 102, 7.5),
        Sketch.p(0, 76, 78, 5), Sketch.p(0, 84, 54, 3)));
    return s;
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

  /** The box that a scan of the pelvis covers, LPS mm: from below the lesser trochanters to L4. */
  public Vec3[] bounds() {
    double half = 194 * scale + body.girthMm();
    double deep = 126 * scale + 0.8 * body.girthMm();
    return new Vec3[]{new Vec3(-half, -deep + 4, -92 * scale),
      new Vec3(half, deep + 10, 176 * scale)};
  }

  /** Depth in the peritoneal space that organs, muscles and bones leave free. */
  private double room(double x, double y, double z) {
    double free = Math.min(body.cavityDepth(x * scale, y * scale, z * scale) - 3,
        cavityWall(x, y, z));
    free = Math.min(free, -bones.depth(x, y, z) - 2);
    free = Math.min(free, -muscles.depth(x, y, z) - 1);
    free = Math.min(free, -chains.depth(x, y, z) - 1);
    for (DepthField organ : organs.values()) {
      free = Math.min(free, -organ.depth(x, y, z) - 0.5);
    }
    return free;
  }

  /**
   * The peritoneum reaches lowest behind the uterus, stays before the great vessels, and ends at the
   * walls of the true pelvis and at the wings of the hip bones.
   */
  private static double cavityWall(double x, double y, double z) {
    double floor = z - (y > 25 ? 44 : 34);
    double back = 34 - y - 0.25 * Math.max(0, z - 110);
    double side = 56 + Math.max(0, z - 42) - Math.abs(x);
    double wing = 0.86 * (92 + 0.5 * Math.max(0, z - 60) - Math.abs(x) - 0.585 * (y + 20));
    return Math.min(Math.min(floor, back), Math.min(side, wing));
  }

  @Override
  public LabelVolume tissues(Geometry grid) {
    short[] data = new short[grid.size().voxels()];
    forSlices(grid, (k, site) -> {
      Size size = grid.size();
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          Vec3 p = grid.toPhysical(i, j, k);
          // Most of an image is air; AIR is 0.
          if (body.farOutside(p.x(), p.y()) || body.depth(p.x(), p.y(), p.z()) <= 0) {
            continue;
          }
          site.go(p);
          data[size.index(i, j, k)] = site.tissue().code();
        }
      }
    });
    return new LabelVolume(grid, data);
  }

  /** Work on one slice. */
  interface SliceWork {
    void accept(int k, Site site);
  }

  void forSlices(Geometry grid, SliceWork work) {
    IntStream.range(0, grid.size().z()).parallel().forEach(k -> work.accept(k, new Site()));
  }

  /**
   * What a reader draws on a grid, by structure; the label map comes from {@link
   * Contours#labelMap}.
   */
  public Map<PelvisStructure, boolean[]> structures(Geometry grid, Contouring habit) {
    return Contours.draw(this, grid, habit);
  }

  /** A grid along the axes that covers {@link #bounds()}. */
  public Geometry grid(double spacingXyMm, double spacingZMm) {
    Vec3[] b = bounds();
    Vec3 extent = b[1].minus(b[0]);
    Size size = new Size((int) Math.ceil(extent.x() / spacingXyMm),
        (int) Math.ceil(extent.y() / spacingXyMm), (int) Math.ceil(extent.z() / spacingZMm));
    return new Geometry(size, new Vec3(spacingXyMm, spacingXyMm, spacingZMm), b[0], Mat3.IDENTITY);
  }

  /** One place in the body, looked at more than once; a thread has its own. */
  final class Site {
    private final BowelLoops.Hit hit = new BowelLoops.Hit();
    private double x;
    private double y;
    private double z;
    private double px;
    private double py;
    private double pz;
    /** The soft organ here, if {@link #organDepth} is above 0. */
    private Organ organ = Organ.BLADDER;
    private double organDepth;
    private double boneDepth;
    private double muscleDepth;
    private boolean inBowel;

    /** Moves to a place in LPS mm. */
    void go(Vec3 p) {
      go(p.x(), p.y(), p.z());
    }

    void go(double atX, double atY, double atZ) {
      px = atX;
      py = atY;
      pz = atZ;
      x = atX / scale;
      y = atY / scale;
      z = atZ / scale;
      boneDepth = bones.depth(x, y, z);
      muscleDepth = muscles.depth(x, y, z);
      compete();
    }

    private void compete() {
      double best = Double.NEGATIVE_INFINITY;
      double second = Double.NEGATIVE_INFINITY;
      double depth = -1;
      for (Map.Entry<Organ, DepthField> e : organs.entrySet()) {
        double d = e.getValue().depth(x, y, z);
        Organ o = e.getKey();
        if (d <= 0 || o != Organ.ANORECTUM && o != Organ.VAGINA && o != Organ.URETHRA
            && muscleDepth > 0.5 * d) {
          continue;
        }
        double strength = d + o.bias;
        if (strength > best) {
          second = best;
          best = strength;
          organ = o;
          depth = d;
        } else if (strength > second) {
          second = strength;
        }
      }
      organDepth = depth <= 0 || boneDepth > 0
          ? -1
          : second == Double.NEGATIVE_INFINITY ? depth : Math.min(depth, 0.5 * (best - second));
      inBowel = organDepth <= 0 && boneDepth <= 0 && muscleDepth <= 0 && inCavity(0)
          && bowel.find(x, y, z, hit) && hit.depth > 0;
    }

    private boolean inCavity(double mm) {
      return body.cavityDepth(px, py, pz) > mm && z > 20;
    }

    Organ organ() {
      return organ;
    }

    boolean isOrgan(Organ o) {
      return organDepth > 0 && organ == o;
    }

    /** Whether what grows in the uterus's place is a recurrence. */
    boolean hysterectomy() {
      return patient.hysterectomy();
    }

    boolean bone() {
      return boneDepth > 0;
    }

    boolean muscle() {
      return muscleDepth > 0;
    }

    boolean bowelLoop() {
      return inBowel;
    }

    /** The peritoneal space, as a bowel bag is drawn. */
    boolean bag() {
      return inBowel || organDepth <= 0 && room(x, y, z) > -2;
    }

    double heightMm() {
      return z;
    }

    double chainDepth() {
      return chains.depth(x, y, z);
    }

    double tumourDepth() {
      return tumour.depth(x, y, z);
    }

    double parametriumDepth() {
      return parametria.depth(x, y, z);
    }

    /** How far along a femoral neck; negative infinity outside of head and neck. */
    boolean femurHead(int side, double neckMm) {
      Skeleton.Bone wanted = side > 0
          ? Skeleton.Bone.FEMUR_HEAD_LEFT
          : Skeleton.Bone.FEMUR_HEAD_RIGHT;
      if (boneDepth <= 0 || bones.part(x, y, z) != wanted.ordinal()) {
        return false;
      }
      double along = (x * side - Skeleton.HEAD_X) * Skeleton.NECK[0] + y * Skeleton.NECK[1]
          + z * Skeleton.NECK[2];
      return along < neckMm;
    }

    /** Whether a place may belong to anything that is drawn. */
    boolean drawable(Vec3 p) {
      return Math.abs(p.x()) < 160 * scale && p.z() > -100 * scale
          && p.y() < 120 * scale && p.y() > -130 * scale - body.girthMm();
    }

    boolean inBody() {
      return body.depth(px, py, pz) > 0;
    }

    Tissue tissue() {
      double skin = body.depth(px, py, pz);
      if (skin <= 0) {
        return Tissue.AIR;
      }
      if (implant.depth(x, y, z) > 0) {
        return Tissue.METAL;
      }
      if (skin < SKIN_MM) {
        return Tissue.SKIN;
      }
      if (canals.depth(x, y, z) > 0) {
        // Cerebrospinal fluid looks like urine, in CT and in MR.
        return canals.depth(x, y, z) > 2 ? Tissue.URINE : Tissue.FAT;
      }
      if (boneDepth > 0) {
        return boneTissue();
      }
      double artery = arteries.depth(x, y, z);
      if (artery > 0) {
        boolean old = patient.ageYears() > 62;
        return artery < 1 && old && fine.at(0.35 * x, 0.35 * y, 0.35 * z) > 0.5
            ? Tissue.CALCIFICATION
            : artery < 0.6 ? Tissue.VESSEL_WALL : Tissue.ARTERY;
      }
      if (veins.depth(x, y, z) > 0) {
        return Tissue.VEIN;
      }
      if (nodes.depth(x, y, z) > 0) {
        return Tissue.NODE;
      }
      if (organDepth > 0) {
        return organTissue();
      }
      if (muscleDepth > 0) {
        // Neighbouring muscles keep a thin layer of fat between them.
        boolean septum = muscleDepth - muscles.second(x, y, z) < 1.3;
        boolean marbled = fine.at(x, 0.4 * y, 0.3 * z) > 0.98 - 0.0035 * patient.ageYears();
        return septum || marbled ? Tissue.FAT : Tissue.MUSCLE;
      }
      if (inBowel) {
        return bowel.content(hit, BOWEL_WALL_MM);
      }
      if (spacer.depth(x, y, z) > 0) {
        return Tissue.SPACER;
      }
      return connective();
    }

    private Tissue boneTissue() {
      int part = bones.part(x, y, z);
      Skeleton.Bone bone = Skeleton.Bone.values()[part];
      double shell = bone.shellMm * (1 + 0.3 * coarse.at(x, y, z));
      boolean replaced = patient.prosthesis() == Patient.Side.LEFT && part == 3
          || patient.prosthesis() == Patient.Side.RIGHT && part == 4;
      return replaced
          ? Tissue.LIGAMENT
          : boneDepth < shell ? Tissue.CORTICAL_BONE : bone.inside;
    }

    private Tissue organTissue() {
      return switch (organ) {
        case BLADDER -> organDepth < BLADDER_WALL_MM ? Tissue.BLADDER_WALL : Tissue.URINE;
        case UTERUS -> tumour.depth(x, y, z) > 0
            ? Tissue.TUMOUR
            : endometrium.depth(x, y, z) > 0
                ? Tissue.ENDOMETRIUM
                : cervix.depth(x, y, z) > 0 ? Tissue.CERVIX : Tissue.UTERUS;
        case VAGINA -> Tissue.VAGINA;
        case URETHRA -> Tissue.MUSCLE;
        case OVARY -> fine.at(0.7 * x, 0.7 * y, 0.7 * z) > 0.35 && organDepth > 2
            ? Tissue.BOWEL_FLUID
            : Tissue.UTERUS;
        case ANORECTUM -> z < -40 || organDepth < RECTUM_WALL_MM
            ? Tissue.BOWEL_WALL
            : lumen(viscera.rectumCurve, patient.rectumGas());
        case SIGMOID -> organDepth < 3
            ? Tissue.BOWEL_WALL
            : lumen(viscera.sigmoidCurve, 0.3);
      };
    }

    /** Gas gathers in front, stool lies behind; between them the bowel is empty. */
    private Tissue lumen(List<double[]> curve, double gasShare) {
      double nearest = Double.POSITIVE_INFINITY;
      int at = 0;
      for (int i = 0; i < curve.size(); i++) {
        double[] c = curve.get(i);
        double dx = c[0] - x;
        double dy = c[1] - y;
        double dz = c[2] - z;
        double d = dx * dx + dy * dy + dz * dz;
        if (d < nearest) {
          nearest = d;
          at = i;
        }
      }
      double filling = 0.5 + 0.5 * coarse.at(13 * at, 100, 50);
      double front = curve.get(at)[1] - y;
      double radius = curve.get(at)[3];
      if (filling < gasShare) {
        return front > radius * (0.5 - 1.4 * gasShare) ? Tissue.GAS : Tissue.STOOL;
      }
      if (filling > 0.8) {
        return Math.sqrt(nearest) < 0.35 * radius ? Tissue.BOWEL_FLUID : Tissue.BOWEL_WALL;
      }
      // Stool holds bubbles.
      return fine.at(x, y, z) > 0.62 ? Tissue.GAS : Tissue.STOOL;
    }

    /** Between the head of the femur and its socket. */
    private boolean cartilage() {
      double dx = Math.abs(x) - Skeleton.HEAD_X;
      return dx * dx + y * y + z * z < 27 * 27;
    }

    /** Outside the pelvis muscles lie close together, with thin fat in their seams. */
    private boolean packed() {
      double reach = 4.5 * Math.max(Smooth.step(58, 80, Math.abs(x)), Smooth.step(-58, -76, z));
      return muscleDepth > -reach && muscleDepth - muscles.second(x, y, z) > 1.3;
    }

    private Tissue connective() {
      double c = body.cavityDepth(px, py, pz);
      double rectus = Math.min(56, 14 + 0.62 * Math.max(0, z - 4));
      double thick = 10 * Math.sqrt(Math.max(0, 1 - Math.pow(x / rectus, 4)));
      if (c <= 0 && y < 0 && z > 2 && c > -thick) {
        return Math.abs(x) < 1.6 || c > -0.8 ? Tissue.LIGAMENT : Tissue.MUSCLE;
      }
      boolean beforeHip = y < -42 + Math.max(0, z - 74) * 1.35;
      if (c <= 0 && c > -17 && z > 62 - 0.4 * Math.abs(x) && beforeHip
          && Math.abs(x) >= rectus + 3 && y < 62) {
        return -c % 5.7 < 0.9 ? Tissue.FAT : Tissue.MUSCLE;
      }
      if (bones.depth(x, y, z) > -3 && cartilage()) {
        return Tissue.LIGAMENT;
      }
      if (ligaments.depth(x, y, z) > 0) {
        return Tissue.LIGAMENT;
      }
      if (packed()) {
        return Tissue.MUSCLE;
      }
      if (parametria.depth(x, y, z) > 0) {
        return fine.at(x, y, z) > -0.1 ? Tissue.PARAMETRIUM : Tissue.FAT;
      }
      return Tissue.FAT;
    }
  }
}
