package io.fiducia.phantom;

import java.util.List;

/** What a place in the body is made of. */
final class SiteTissue {
  private static final double SKIN_MM = 2;
  private static final double BLADDER_WALL_MM = 3.2;
  private static final double RECTUM_WALL_MM = 3.4;
  private static final double SIGMOID_WALL_MM = 3;
  private static final double BOWEL_WALL_MM = 2.2;
  /** Fat between the wall of the spinal canal and the fluid in it. */
  private static final double CANAL_FAT_MM = 2;

  private static final double ARTERY_WALL_MM = 0.6;
  /** Calcified plaques reach this deep into arteries, from this age on, in patches. */
  private static final double PLAQUE_MM = 1;
  private static final int PLAQUE_AGE = 62;
  private static final double PLAQUE_SCALE = 0.35;
  private static final double PLAQUE_RARITY = 0.5;

  /** How much the thickness of a bone's compact shell varies. */
  private static final double SHELL_VARIATION = 0.3;

  /** Neighbouring muscles keep a layer of fat between them. */
  private static final double SEPTUM_MM = 1.3;
  /** Fat inside muscles, along their fibres, becomes more with age. */
  private static final double MARBLING = 0.98;
  private static final double MARBLING_PER_YEAR = 0.0035;

  /** Follicles lie inside the ovaries, not at their edge. */
  private static final double FOLLICLE_SCALE = 0.7;
  private static final double FOLLICLE_RARITY = 0.35;
  private static final double FOLLICLE_MM = 2;

  /** Below this height the rectum is the anal canal, which is closed. */
  private static final double ANAL_CANAL_Z = -40;
  private static final double SIGMOID_GAS = 0.3;
  /** Of the filling from 0 to 1: above this the bowel is empty and its walls nearly touch. */
  private static final double FILLED = 0.8;
  private static final double COLLAPSED_LUMEN = 0.35;
  private static final double BUBBLE_RARITY = 0.62;

  /** Cartilage fills the joint between the head of the thigh bone and its socket. */
  private static final double SOCKET_RADIUS_MM = 27;
  private static final double CARTILAGE_MM = 3;

  /** Outside the pelvis muscles lie close together: gaps up to this are filled by them. */
  private static final double PACKED_MM = 4.5;
  private static final double PELVIS_HALF_WIDTH_MM = 58;
  private static final double HIP_HALF_WIDTH_MM = 80;
  private static final double PERINEUM_Z = -58;
  private static final double THIGH_Z = -76;

  /** How much of the tissue beside the uterus is vessels and fibres, not fat. */
  private static final double PARAMETRIUM_RARITY = -0.1;

  private SiteTissue() {}

  static Tissue of(Site s) {
    PelvisParts parts = s.parts;
    double skin = s.skinDepth();
    if (skin <= 0) {
      return Tissue.AIR;
    }
    if (parts.implant.depth(s.x, s.y, s.z) > 0) {
      return Tissue.METAL;
    }
    if (skin < SKIN_MM) {
      return Tissue.SKIN;
    }
    double canal = parts.canals.depth(s.x, s.y, s.z);
    if (canal > 0) {
      // Cerebrospinal fluid looks like urine, in CT and in MR.
      return canal > CANAL_FAT_MM ? Tissue.URINE : Tissue.FAT;
    }
    if (s.bone()) {
      return bone(s);
    }
    double artery = parts.arteries.depth(s.x, s.y, s.z);
    if (artery > 0) {
      return artery(s, artery);
    }
    if (parts.veins.depth(s.x, s.y, s.z) > 0) {
      return Tissue.VEIN;
    }
    if (parts.nodes.depth(s.x, s.y, s.z) > 0) {
      return Tissue.NODE;
    }
    if (s.organDepth > 0) {
      return organ(s);
    }
    if (s.muscle()) {
      return muscle(s);
    }
    if (s.bowelLoop()) {
      return parts.bowel.content(s.hit, BOWEL_WALL_MM);
    }
    if (parts.spacer.depth(s.x, s.y, s.z) > 0) {
      return Tissue.SPACER;
    }
    return connective(s);
  }

  private static Tissue bone(Site s) {
    Skeleton.Bone bone = s.boneHere();
    boolean replaced = switch (s.parts.patient.prosthesis()) {
      case NONE -> false;
      case LEFT -> bone == Skeleton.Bone.FEMUR_HEAD_LEFT;
      case RIGHT -> bone == Skeleton.Bone.FEMUR_HEAD_RIGHT;
    };
    if (replaced) {
      // Around the implant lies scar.
      return Tissue.LIGAMENT;
    }
    double shell = bone.shellMm * (1 + SHELL_VARIATION * s.parts.coarse.at(s.x, s.y, s.z));
    return s.boneDepth < shell ? Tissue.CORTICAL_BONE : bone.inside;
  }

  private static Tissue artery(Site s, double depth) {
    boolean old = s.parts.patient.ageYears() > PLAQUE_AGE;
    if (depth < PLAQUE_MM && old && fine(s, PLAQUE_SCALE) > PLAQUE_RARITY) {
      return Tissue.CALCIFICATION;
    }
    return depth < ARTERY_WALL_MM ? Tissue.VESSEL_WALL : Tissue.ARTERY;
  }

  private static Tissue muscle(Site s) {
    PelvisParts parts = s.parts;
    boolean septum = s.muscleDepth - parts.muscles.second(s.x, s.y, s.z) < SEPTUM_MM;
    // Fibres run mostly upwards.
    boolean marbled = parts.fine.at(s.x, 0.4 * s.y, 0.3 * s.z) > MARBLING
        - MARBLING_PER_YEAR * parts.patient.ageYears();
    return septum || marbled ? Tissue.FAT : Tissue.MUSCLE;
  }

  private static Tissue organ(Site s) {
    PelvisParts parts = s.parts;
    return switch (s.organ()) {
      case BLADDER -> s.organDepth < BLADDER_WALL_MM ? Tissue.BLADDER_WALL : Tissue.URINE;
      case UTERUS -> uterus(s);
      case VAGINA -> Tissue.VAGINA;
      case URETHRA -> Tissue.MUSCLE;
      // Follicles hold fluid.
      case OVARY -> fine(s, FOLLICLE_SCALE) > FOLLICLE_RARITY && s.organDepth > FOLLICLE_MM
          ? Tissue.BOWEL_FLUID
          : Tissue.UTERUS;
      case ANORECTUM -> s.z < ANAL_CANAL_Z || s.organDepth < RECTUM_WALL_MM
          ? Tissue.BOWEL_WALL
          : lumen(s, parts.viscera.rectumCurve, parts.patient.rectumGas());
      case SIGMOID -> s.organDepth < SIGMOID_WALL_MM
          ? Tissue.BOWEL_WALL
          : lumen(s, parts.viscera.sigmoidCurve, SIGMOID_GAS);
    };
  }

  private static Tissue uterus(Site s) {
    if (s.tumourDepth() > 0) {
      return Tissue.TUMOUR;
    }
    if (s.parts.endometrium.depth(s.x, s.y, s.z) > 0) {
      return Tissue.ENDOMETRIUM;
    }
    return s.parts.cervix.depth(s.x, s.y, s.z) > 0 ? Tissue.CERVIX : Tissue.UTERUS;
  }

  /** Gas gathers in front, stool lies behind; between them the bowel is empty. */
  private static Tissue lumen(Site s, List<double[]> curve, double gasShare) {
    double nearest = Double.POSITIVE_INFINITY;
    int at = 0;
    for (int i = 0; i < curve.size(); i++) {
      double[] c = curve.get(i);
      double dx = c[0] - s.x;
      double dy = c[1] - s.y;
      double dz = c[2] - s.z;
      double d = dx * dx + dy * dy + dz * dz;
      if (d < nearest) {
        nearest = d;
        at = i;
      }
    }
    // A number from about 0 to 1 that changes along the curve.
    double filling = 0.5 + 0.5 * s.parts.coarse.at(13 * at, 100, 50);
    double front = curve.get(at)[1] - s.y;
    double radius = curve.get(at)[3];
    if (filling < gasShare) {
      // The more gas, the further back it reaches.
      return front > radius * (0.5 - 1.4 * gasShare) ? Tissue.GAS : Tissue.STOOL;
    }
    if (filling > FILLED) {
      return Math.sqrt(nearest) < COLLAPSED_LUMEN * radius
          ? Tissue.BOWEL_FLUID
          : Tissue.BOWEL_WALL;
    }
    // Stool holds bubbles.
    return fine(s, 1) > BUBBLE_RARITY ? Tissue.GAS : Tissue.STOOL;
  }

  /** What lies between everything else: the wall of the abdomen, ligaments, muscles and fat. */
  private static Tissue connective(Site s) {
    PelvisParts parts = s.parts;
    return AbdominalWall.at(s.x, s.y, s.z, s.cavityDepth()).orElseGet(() -> {
      boolean joint = parts.bones.depth(s.x, s.y, s.z) > -CARTILAGE_MM && inSocket(s);
      if (joint || parts.ligaments.depth(s.x, s.y, s.z) > 0) {
        return Tissue.LIGAMENT;
      }
      if (packed(s)) {
        return Tissue.MUSCLE;
      }
      return s.parametriumDepth() > 0 && fine(s, 1) > PARAMETRIUM_RARITY
          ? Tissue.PARAMETRIUM
          : Tissue.FAT;
    });
  }

  private static boolean inSocket(Site s) {
    double dx = Math.abs(s.x) - Skeleton.HEAD_X;
    return dx * dx + s.y * s.y + s.z * s.z < SOCKET_RADIUS_MM * SOCKET_RADIUS_MM;
  }

  /** Outside the pelvis muscles lie close together, with thin fat in their seams. */
  private static boolean packed(Site s) {
    double reach = PACKED_MM
        * Math.max(Smooth.step(PELVIS_HALF_WIDTH_MM, HIP_HALF_WIDTH_MM, Math.abs(s.x)),
            Smooth.step(PERINEUM_Z, THIGH_Z, s.z));
    return s.muscleDepth > -reach
        && s.muscleDepth - s.parts.muscles.second(s.x, s.y, s.z) > SEPTUM_MM;
  }

  /** Fine noise here; a scale below 1 makes its grains larger. */
  private static double fine(Site s, double scale) {
    return s.parts.fine.at(scale * s.x, scale * s.y, scale * s.z);
  }
}
