package io.fiducia.promptable.score;

import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.LabelMapContent;
import io.fiducia.metrics.MetricSet;
import io.fiducia.volume.LabelVolume;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Scores of a mask against a reference; an image of one slice is measured as a plane. */
final class MaskScores {
  private static final Structure STRUCTURE = Structure.of("structure", 1);

  private MaskScores() {}

  /** Dice and surface Dice at a tolerance. */
  static MetricSet metrics(double toleranceMm) {
    return MetricSet.named(List.of("Dice", "NSD"), List.of(toleranceMm), List.of());
  }

  /** The metrics by name; NaN where both masks are empty. */
  static Map<String, Double> of(Geometry grid, boolean[] reference, boolean[] found,
      MetricSet metrics) {
    return FolderEvaluator.score(content(grid, reference), content(grid, found),
        List.of(STRUCTURE), OptionalInt.empty(), metrics).get(STRUCTURE.key());
  }

  private static LabelMapContent content(Geometry grid, boolean[] mask) {
    return new LabelMapContent(new LabelVolume(grid, labels(mask)), grid.size().z() == 1,
        List.of());
  }

  /** Labels 1 inside and 0 outside. */
  static short[] labels(boolean[] mask) {
    short[] labels = new short[mask.length];
    for (int i = 0; i < mask.length; i++) {
      labels[i] = (short) (mask[i] ? 1 : 0);
    }
    return labels;
  }
}
