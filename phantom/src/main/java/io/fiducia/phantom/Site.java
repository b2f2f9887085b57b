package io.fiducia.phantom;

import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.Viscera.Organ;
import java.util.Map;

/** One place in the body and what competes for it. It is moved from place to place; each thread has its own. */
final class Site {
  /** Below this height there is no peritoneal space. */
  private static final double CAVITY_FLOOR_Z = 20;
  /** A bag of bowel is drawn this much wider than the space that is free, mm. */
  private static final double BAG_MM = 2;
  /** The box in which anything is drawn: half width, depth to the front and the back, floor, mm. */
  private static final double DRAWN_HALF_WIDTH_MM = 160;
  private static final double DRAWN_FRONT_MM = 130;
  private static final double DRAWN_BACK_MM = 120;
  private static final double DRAWN_FLOOR_MM = -100;

  final PelvisParts parts;
  final BowelLoops.Hit hit = new BowelLoops.Hit();
  /** The place before scaling by the skeleton, mm. */
  double x;
  double y;
  double z;
  /** The place in the patient, LPS mm. */
  private double px;
  private double py;
  private double pz;
  /** The soft organ here, if {@link #organDepth} is above 0. */
  private Organ organ = Organ.BLADDER;
  /** Depth in the soft organ that won the place; not above 0 where none did. */
  double organDepth;
  double boneDepth;
  double muscleDepth;
  private boolean inBowel;

  Site(PelvisParts parts) {
    this.parts = parts;
  }

  /** Moves to a place in LPS mm. */
  void go(Vec3 p) {
    go(p.x(), p.y(), p.z());
  }

  void go(double atX, double atY, double atZ) {
    px = atX;
    py = atY;
    pz = atZ;
    x = atX / parts.scale;
    y = atY / parts.scale;
    z = atZ / parts.scale;
    boneDepth = parts.bones.depth(x, y, z);
    muscleDepth = parts.muscles.depth(x, y, z);
    compete();
  }

  /** Gives the place to the organ that is strongest here, and bowel what is left. */
  private void compete() {
    double best = Double.NEGATIVE_INFINITY;
    double second = Double.NEGATIVE_INFINITY;
    double depth = -1;
    for (Map.Entry<Organ, DepthField> e : parts.organs.entrySet()) {
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
    inBowel = organDepth <= 0 && boneDepth <= 0 && muscleDepth <= 0 && inCavity()
        && parts.bowel.find(x, y, z, hit) && hit.depth > 0;
  }

  private boolean inCavity() {
    return cavityDepth() > 0 && z > CAVITY_FLOOR_Z;
  }

  /** Depth under the skin, mm. */
  double skinDepth() {
    return parts.body.depth(px, py, pz);
  }

  /** Depth inside the muscular wall of the abdomen, mm. */
  double cavityDepth() {
    return parts.body.cavityDepth(px, py, pz);
  }

  Organ organ() {
    return organ;
  }

  boolean isOrgan(Organ o) {
    return organDepth > 0 && organ == o;
  }

  /** Whether what grows in the uterus's place is a recurrence. */
  boolean hysterectomy() {
    return parts.patient.hysterectomy();
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
    return inBowel || organDepth <= 0 && parts.room(x, y, z) > -BAG_MM;
  }

  double heightMm() {
    return z;
  }

  double chainDepth() {
    return parts.chains.depth(x, y, z);
  }

  double tumourDepth() {
    return parts.tumour.depth(x, y, z);
  }

  double parametriumDepth() {
    return parts.parametria.depth(x, y, z);
  }

  /** The bone here, if {@link #boneDepth} is above 0. */
  Skeleton.Bone boneHere() {
    return Skeleton.Bone.of(parts.bones.part(x, y, z));
  }

  /**
   * Whether the place lies in the head of a thigh bone, or in its neck up to a distance.
   *
   * @param side 1 for the left, -1 for the right
   * @param neckMm along the neck from the centre of the head
   */
  boolean femurHead(int side, double neckMm) {
    Skeleton.Bone wanted = side > 0
        ? Skeleton.Bone.FEMUR_HEAD_LEFT
        : Skeleton.Bone.FEMUR_HEAD_RIGHT;
    if (boneDepth <= 0 || boneHere() != wanted) {
      return false;
    }
    double along = (x * side - Skeleton.HEAD_X) * Skeleton.NECK[0] + y * Skeleton.NECK[1]
        + z * Skeleton.NECK[2];
    return along < neckMm;
  }

  /** Whether a place may belong to anything that is drawn. */
  boolean drawable(Vec3 p) {
    double scale = parts.scale;
    return Math.abs(p.x()) < DRAWN_HALF_WIDTH_MM * scale && p.z() > DRAWN_FLOOR_MM * scale
        && p.y() < DRAWN_BACK_MM * scale
        && p.y() > -DRAWN_FRONT_MM * scale - parts.body.girthMm();
  }

  boolean inBody() {
    return skinDepth() > 0;
  }
}
