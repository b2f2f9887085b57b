package io.fiducia.phantom;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.morphology.Masks;
import io.fiducia.morphology.Morphology;
import io.fiducia.phantom.Viscera.Organ;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What a reader draws of a body, slice by slice. */
public final class Contours {
  /** Of the vagina, this much below the cervix belongs to CTVp (EMBRACE II). */
  private static final double VAGINA_MM = 20;
  private static final double CERVIX_Z = 12;
  /** Nobody draws a piece smaller than this. */
  private static final double SMALLEST_MM3 = 400;

  private Contours() {}

  static Map<PelvisStructure, boolean[]> draw(PelvisAnatomy anatomy, Geometry grid,
      Contouring habit) {
    Map<PelvisStructure, boolean[]> masks = new EnumMap<>(PelvisStructure.class);
    for (PelvisStructure s : PelvisStructure.values()) {
      masks.put(s, new boolean[grid.size().voxels()]);
    }
    // A hand departs smoothly along a contour, and differently in each slice.
    Noise strayX = new Noise(habit.seed() ^ 0x57A1L, 22);
    Noise strayY = new Noise(habit.seed() ^ 0x57A2L, 22);
    // Noise of this kind has a standard deviation of about 0.35.
    double reach = habit.wobbleMm() / 0.35;
    anatomy.forSlices(grid, (k, site) -> {
      Size size = grid.size();
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          Vec3 p = grid.toPhysical(i, j, k);
          if (!site.drawable(p)) {
            continue;
          }
          site.go(p.x() + reach * strayX.at(p.x(), p.y(), 9 * p.z()),
              p.y() + reach * strayY.at(p.x(), p.y(), 9 * p.z()), p.z());
          int at = size.index(i, j, k);
          for (PelvisStructure s : PelvisStructure.values()) {
            if (s != PelvisStructure.PTV && drawn(s, site, habit)) {
              masks.get(s)[at] = true;
            }
          }
        }
      }
    });
    masks.replaceAll((structure, mask) -> tidied(structure, mask, grid));
    grow(anatomy, grid, habit, masks);
    return masks;
  }

  /** A reader draws no crumbs: an organ is one piece, and bowel comes in loops. */
  private static boolean[] tidied(PelvisStructure structure, boolean[] mask, Geometry grid) {
    Size size = grid.size();
    Components pieces = Components.of(mask, new int[]{size.z(), size.y(), size.x()},
        Connectivity.CORNERS);
    return switch (structure) {
      case BOWEL, COLON_SIGMOID, CTVN, CTVP ->
        pieces.atLeast((long) Math.ceil(SMALLEST_MM3 / grid.voxelVolumeMm3()));
      case BLADDER, ANORECTUM, FEMUR_HEAD_L, FEMUR_HEAD_R, UTERUS, GTVP -> pieces.largest();
      case PTV -> mask;
    };
  }

  private static boolean drawn(PelvisStructure structure, Site site,
      Contouring habit) {
    double z = site.heightMm();
    return switch (structure) {
      case BLADDER -> site.isOrgan(Organ.BLADDER);
      case ANORECTUM -> site.isOrgan(Organ.ANORECTUM) && z < habit.rectumTopMm()
          || site.isOrgan(Organ.SIGMOID) && z < habit.rectumTopMm() - 8;
      case COLON_SIGMOID -> site.isOrgan(Organ.SIGMOID)
          || site.isOrgan(Organ.ANORECTUM) && z >= habit.rectumTopMm();
      case BOWEL -> site.bowelLoop() || site.isOrgan(Organ.SIGMOID)
          || site.isOrgan(Organ.ANORECTUM) && z >= habit.rectumTopMm()
          || habit.bowelBag() && site.bag();
      case FEMUR_HEAD_L -> site.femurHead(1, habit.neckMm());
      case FEMUR_HEAD_R -> site.femurHead(-1, habit.neckMm());
      case UTERUS -> site.isOrgan(Organ.UTERUS) && !site.hysterectomy();
      case CTVN -> nodal(site, habit);
      case GTVP -> site.isOrgan(Organ.UTERUS) && site.tumourDepth() > 0;
      case CTVP -> site.isOrgan(Organ.UTERUS)
          || site.isOrgan(Organ.VAGINA) && z > CERVIX_Z - VAGINA_MM
          || site.parametriumDepth() > 0 && !site.bone() && !site.muscle()
              && !site.isOrgan(Organ.BLADDER) && !site.isOrgan(Organ.ANORECTUM);
      case PTV -> false;
    };
  }

  private static boolean nodal(Site site, Contouring habit) {
    double z = site.heightMm();
    double top = habit.nodalTopAtBifurcation() ? Vessels.BIFURCATION_Z - 6 : Vessels.DIVISION_Z;
    // The chains are drawn a little wider than the vessels themselves.
    return z > Vessels.GROIN_Z && z < top && site.chainDepth() > -habit.nodalMarginMm() + 1
        && !site.bone() && !site.muscle() && site.inBody();
  }

  /** PTV: all targets with a margin in three dimensions, inside the skin. */
  private static void grow(PelvisAnatomy anatomy, Geometry grid, Contouring habit,
      Map<PelvisStructure, boolean[]> masks) {
    boolean[] target = masks.get(PelvisStructure.CTVP).clone();
    boolean[] nodal = masks.get(PelvisStructure.CTVN);
    boolean[] gross = masks.get(PelvisStructure.GTVP);
    for (int i = 0; i < target.length; i++) {
      target[i] |= nodal[i] || gross[i];
    }
    LabelVolume targets = volume(grid, target);
    Vec3 spacing = grid.spacingMm();
    double margin = habit.ptvMarginMm();
    // Targets fill a small part of a large image: the margin is grown in that part alone.
    Optional<Region> part = CropPad.boundingBox(targets)
        .map(box -> box.grown((int) (margin / spacing.x()) + 1, (int) (margin / spacing.y()) + 1,
            (int) (margin / spacing.z()) + 1).clippedTo(grid.size()));
    part.ifPresent(box -> {
      LabelVolume near = CropPad.apply(targets, box, (short) 0);
      Size size = box.size();
      boolean[] grown = Morphology.dilateBall(Masks.foreground(near.data()),
          new int[]{size.z(), size.y(), size.x()}, margin,
          new double[]{spacing.z(), spacing.y(), spacing.x()});
      masks.put(PelvisStructure.PTV, Masks.foreground(CropPad.apply(
          volume(near.geometry(), grown), box.inverse(grid.size()), (short) 0).data()));
    });
    boolean[] ptv = masks.get(PelvisStructure.PTV);
    anatomy.forSlices(grid, (k, site) -> {
      for (int j = 0; j < grid.size().y(); j++) {
        for (int i = 0; i < grid.size().x(); i++) {
          int at = grid.size().index(i, j, k);
          if (ptv[at] && !target[at]) {
            site.go(grid.toPhysical(i, j, k));
            ptv[at] = site.inBody();
          }
        }
      }
    });
  }

  /** A mask as labels 0 and 1. */
  public static LabelVolume volume(Geometry grid, boolean[] mask) {
    short[] data = new short[mask.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) (mask[i] ? 1 : 0);
    }
    return new LabelVolume(grid, data);
  }

  /** The exclusive label map: organs first, CTVn takes what they leave. */
  public static LabelVolume labelMap(Geometry grid, Map<PelvisStructure, boolean[]> masks) {
    short[] labels = new short[grid.size().voxels()];
    for (PelvisStructure s : PelvisStructure.labelled()) {
      short label = (short) s.label();
      boolean[] mask = masks.get(s);
      for (int i = 0; i < labels.length; i++) {
        if (mask[i] && labels[i] == 0) {
          labels[i] = label;
        }
      }
    }
    return new LabelVolume(grid, labels);
  }
}
