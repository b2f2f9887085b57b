package io.fiducia.universeg.score;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.LabelMapContent;
import io.fiducia.metrics.MetricSet;
import io.fiducia.volume.LabelVolume;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Scores the contours of one case, structure by structure, so that structures may overlap. */
final class StructureScoring {
  /** Voxel counts, which say on which side there is a structure at all. */
  static final String IN_PREDICTION = "n_pred";
  static final String IN_REFERENCE = "n_ref";

  private StructureScoring() {}

  /** The metrics that are written, the primary one first. */
  static MetricSet metrics() {
    return MetricSet.named(
        List.of("Dice", "HD95_mm", "NSD@2mm", "volume_pred_cm3", "volume_ref_cm3", IN_PREDICTION,
            IN_REFERENCE),
        List.of(MetricSet.TOLERANCE_MM), List.of(MetricSet.PERCENTILE));
  }

  /** The metrics whose curves are drawn or tabled. */
  static List<String> headline() {
    return List.of("Dice", "NSD@2mm", "HD95_mm");
  }

  /**
   * The metrics of each structure that the reference was contoured for, by its name. A structure that
   * the other side does not have counts as empty there. An image of one slice is measured as a plane.
   *
   * @throws FiduciaException BAD_INPUT if the two lie on different grids
   */
  static Map<String, Map<String, Double>> score(Segmentation reference, Segmentation found,
      List<String> structures) {
    Geometry grid = reference.geometry();
    if (!grid.sameGrid(found.geometry())) {
      throw FiduciaException.badInput("the grids differ", reference.caseId(),
          "reference " + grid + ", contours " + found.geometry(),
          "contour the image that the reference was drawn on");
    }
    Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
    List<String> contoured = reference.structures().names();
    List<String> known = found.structures().names();
    for (String name : structures) {
      if (contoured.contains(name)) {
        boolean[] none = new boolean[grid.size().voxels()];
        scores.put(name, score(grid, reference.mask(name),
            known.contains(name) ? found.mask(name) : none));
      }
    }
    return scores;
  }

  private static Map<String, Double> score(Geometry grid, boolean[] reference, boolean[] found) {
    Structure one = Structure.of("structure", 1);
    return FolderEvaluator.score(content(grid, reference), content(grid, found), List.of(one),
        OptionalInt.empty(), metrics()).get(one.key());
  }

  private static LabelMapContent content(Geometry grid, boolean[] mask) {
    short[] labels = new short[mask.length];
    for (int i = 0; i < mask.length; i++) {
      labels[i] = (short) (mask[i] ? 1 : 0);
    }
    return new LabelMapContent(new LabelVolume(grid, labels), grid.size().z() == 1,
        List.of());
  }
}
